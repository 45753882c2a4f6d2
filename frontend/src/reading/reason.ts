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
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? reasonIn(form) : null), { once: true });
  });
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
