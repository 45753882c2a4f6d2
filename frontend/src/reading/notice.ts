/** The one place that says a read is not saved, why, and what can be done. It stands outside the panel that each case replaces. */
import { confirmed } from "../confirm";
import { element } from "../dom";
import type { Saving, SaveState, Trouble } from "./saving";
import { messages } from "./messages";

export class SaveNotice {
  private readonly box = element("#unsaved", HTMLElement);
  private readonly text = element("#unsaved-text", HTMLElement);
  private readonly retry = element("#unsaved-retry", HTMLButtonElement);
  private readonly discard = element("#unsaved-discard", HTMLButtonElement);
  private readonly signIn = element("#unsaved-sign-in", HTMLAnchorElement);
  private readonly open = element("#unsaved-open", HTMLAnchorElement);
  private trouble: Trouble | null = null;

  constructor(saving: Saving) {
    this.retry.addEventListener("click", () => void saving.retry());
    this.discard.addEventListener("click", () => {
      const { trouble } = this;
      if (trouble?.kind !== "refused") return;
      void confirmed(messages.discardQuestion, messages.discard).then((yes) => yes && saving.discard(trouble.entry));
    });
  }

  show(state: SaveState, trouble: Trouble | null, mending: boolean, waiting: number): void {
    document.body.dataset["saved"] = state;
    if (state === "saving") return; // what was said before stands until the answer is here
    this.trouble = trouble;
    this.box.hidden = state === "saved";
    this.signIn.hidden = trouble?.kind !== "signed-out";
    this.retry.hidden = mending;
    this.discard.hidden = trouble?.kind !== "refused" || mending;
    this.open.hidden = trouble?.kind !== "refused" || trouble.entry.page === location.pathname + location.search;
    if (trouble?.kind === "refused") this.open.href = trouble.entry.page;
    if (state === "unsaved") this.text.textContent = mending ? messages.answersRefused : sentence(trouble, waiting);
    if (!this.signIn.hidden) this.signIn.search = new URLSearchParams({ next: location.pathname + location.search }).toString();
  }
}

function sentence(trouble: Trouble | null, waiting: number): string {
  switch (trouble?.kind) {
    case "signed-out":
      return messages.signedOut(waiting);
    case "refused":
      return messages.refused(trouble.entry.pseudonym, trouble.problem.detail);
    default:
      return messages.notSaved(waiting);
  }
}
