/** Asks why a case is skipped. */
import { element } from "../dom";

export type Purpose = "skip";

/** The reason, or null where the reader went back. With a refusal, what was written before stands there to be mended. */
export function reasonAsked(purpose: Purpose, refusal = ""): Promise<string | null> {
  const dialog = element(`#${purpose}`, HTMLDialogElement);
  const form = element("form", HTMLFormElement, dialog);
  if (!refusal) form.reset();
  tell(element("[data-error]", HTMLElement, dialog), refusal);
  dialog.returnValue = "";
  dialog.onkeydown = (event) => chooseByDigit(event, dialog, form);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? reasonIn(form) : null), { once: true });
  });
}

/** A digit chooses a reason and is enough, except while something is being written. */
function chooseByDigit(event: KeyboardEvent, dialog: HTMLDialogElement, form: HTMLFormElement): void {
  const writing = event.target instanceof HTMLInputElement && event.target.type === "text";
  if (writing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !/^[1-9]$/.test(event.key)) return;
  const choice = form.querySelectorAll<HTMLInputElement>("input[name=reason]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  event.stopPropagation(); // the dialog is closed by the time the page would hear it
  choice.checked = true;
  dialog.close("yes");
}

function tell(error: HTMLElement, text: string): void {
  error.textContent = text;
  error.hidden = text === "";
}

/** The chosen reason, with what was written beside it. */
function reasonIn(form: HTMLFormElement): string {
  const data = new FormData(form);
  return [data.get("reason"), data.get("detail")].filter((part) => typeof part === "string" && part.trim()).join(": ");
}
