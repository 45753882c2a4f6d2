/** Questions in the page's <dialog>s. The button "yes" submits the dialog's form; every other way out cancels. */
import { element } from "./dom";

export interface Question {
  /** Why the last input was refused. The form keeps that input, and shows this beside it. */
  readonly refusal?: string;
  /** Sends the input while the dialog stays open. Resolves to what is wrong with it, or to "" when the dialog may close. */
  readonly send?: (given: FormData) => Promise<string>;
  /** Called for every key pressed in the dialog. */
  readonly key?: (event: KeyboardEvent, dialog: HTMLDialogElement) => void;
  /** Selector of the element that has the focus at first, if it is not the first focusable one. */
  readonly focus?: string;
}

const sending = new WeakSet<HTMLDialogElement>();

/** The input by name, or null when the dialog was cancelled. */
export function ask(id: string, { refusal = "", send, key, focus }: Question = {}): Promise<FormData | null> {
  const dialog = element(`#${id}`, HTMLDialogElement);
  const form = element("form", HTMLFormElement, dialog);
  if (!refusal) form.reset();
  explain(dialog, refusal);
  dialog.returnValue = "";
  dialog.onkeydown = key ? (event) => key(event, dialog) : null;
  form.onsubmit = send ? (event) => void hold(event, dialog, form, send) : null;
  dialog.showModal();
  if (focus) element(focus, HTMLElement, dialog).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes" ? new FormData(form) : null), { once: true });
  });
}

/** The input under that name, "" if there is none. */
export function text(given: FormData, name: string): string {
  const value = given.get(name);
  return typeof value === "string" ? value : "";
}

/** Keeps the dialog open until the server has accepted the input. */
async function hold(event: SubmitEvent, dialog: HTMLDialogElement, form: HTMLFormElement, send: (given: FormData) => Promise<string>): Promise<void> {
  if (event.submitter instanceof HTMLButtonElement && event.submitter.value === "no") return;
  event.preventDefault();
  if (sending.has(dialog)) return;
  sending.add(dialog);
  const wrong = await send(new FormData(form)).finally(() => sending.delete(dialog));
  explain(dialog, wrong);
  if (!wrong) dialog.close("yes");
}

/** Some dialogs have no place for an error: nothing refuses them. */
function explain(dialog: HTMLDialogElement, wrong: string): void {
  const error = dialog.querySelector<HTMLElement>("[data-error]");
  if (!error) return;
  error.textContent = wrong;
  error.hidden = wrong === "";
}
