/** Asks by one of the page's dialogs. */
import { element } from "../dom";

/** What was filled in, by name, or null where the reader went back. */
export function asked(id: string): Promise<FormData | null> {
  const dialog = element(`#${id}`, HTMLDialogElement);
  const form = element("form", HTMLFormElement, dialog);
  form.reset();
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? new FormData(form) : null), { once: true });
  });
}

export function text(data: FormData, name: string): string {
  const value = data.get(name);
  return typeof value === "string" ? value : "";
}
