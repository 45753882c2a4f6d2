/** A finding that the project does not ask for is proposed. It is sent at once and does not wait for the read. */
import { element } from "../dom";
import { post } from "../net";
import { say } from "./voice";
import { words } from "./words";

export class Proposing {
  private readonly dialog = element("#propose", HTMLDialogElement);
  private readonly form = element("form", HTMLFormElement, this.dialog);
  private readonly error = element("[data-error]", HTMLElement, this.dialog);
  private url = "";
  private sending = false;

  constructor() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter instanceof HTMLButtonElement && event.submitter.value === "no") this.dialog.close();
      else void this.send();
    });
  }

  /** Ask for a finding seen in the case whose address for proposals this is. */
  ask(url: string): void {
    this.url = url;
    this.form.reset();
    this.tell("");
    this.dialog.showModal();
  }

  private async send(): Promise<void> {
    if (this.sending) return;
    this.sending = true;
    const { name = "", note = "", kind = "" } = Object.fromEntries(new FormData(this.form)) as Record<string, string>;
    const outcome = await post<{ name: string }>(this.url, { name, note, kind });
    this.sending = false;
    if (outcome.kind === "ok") {
      this.dialog.close();
      say(words.proposed(outcome.body.name));
    } else this.tell(outcome.kind === "refused" ? outcome.problem.detail : outcome.kind === "signed-out" ? words.proposalSignedOut : words.proposalUnsent);
  }

  private tell(text: string): void {
    this.error.textContent = text;
    this.error.hidden = text === "";
  }
}
