/** Asks why a case is skipped. */
import { element } from "../dom";

export type Purpose = "skip";

/** The reason, or null where the reader went back. */
export function reasonAsked(purpose: Purpose): Promise<string | null> {
  const dialog = element(`#${purpose}`, HTMLDialogElement);
  const form = element("form", HTMLFormElement, dialog);
  form.reset();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? reasonIn(form) : null), { once: true });
  });
}

/** The chosen reason, with what was written beside it. */
function reasonIn(form: HTMLFormElement): string {
  const data = new FormData(form);
  return [data.get("reason"), data.get("detail")].filter((part) => typeof part === "string" && part.trim()).join(": ");
}
