/** Asks by one of the page's <dialog>s. Its form is the question; the button "yes" answers it, every other way goes back. */
import { element } from "./dom";

export interface Question {
  /** Why what was filled in before was refused: it is left there, with this beside it, to be mended. */
  readonly refusal?: string;
  /** Sends what was filled in while the dialog stays open. What is wrong with it, or "" where the dialog may close. */
  readonly send?: (given: FormData) => Promise<string>;
  /** Hears the keys that are pressed in the dialog. */
  readonly key?: (event: KeyboardEvent, dialog: HTMLDialogElement) => void;
  /** What has the focus at first, where it is not the first thing that can have it. */
  readonly focus?: string;
}

const sending = new WeakSet<HTMLDialogElement>();

/** What was filled in, by name, or null where they went back. */
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

/** What was written or chosen under that name, "" where nothing was. */
export function text(given: FormData, name: string): string {
  const value = given.get(name);
  return typeof value === "string" ? value : "";
}

/** Keeps the dialog open until what it asks for has arrived. */
async function hold(event: SubmitEvent, dialog: HTMLDialogElement, form: HTMLFormElement, send: (given: FormData) => Promise<string>): Promise<void> {
  if (event.submitter instanceof HTMLButtonElement && event.submitter.value === "no") return;
  event.preventDefault();
  if (sending.has(dialog)) return;
  sending.add(dialog);
  const wrong = await send(new FormData(form)).finally(() => sending.delete(dialog));
  explain(dialog, wrong);
  if (!wrong) dialog.close("yes");
}

/** Not every dialog can be refused. */
function explain(dialog: HTMLDialogElement, wrong: string): void {
  const error = dialog.querySelector<HTMLElement>("[data-error]");
  if (!error) return;
  error.textContent = wrong;
  error.hidden = wrong === "";
}
