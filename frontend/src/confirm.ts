/** Asks before something that cannot be undone. Forms ask by `data-confirm="Question?"` (`data-confirm-yes="Verb"`). */
import { ask } from "./dialog";
import { element } from "./dom";
import { gettext } from "./i18n";

/** True once the person has said yes. */
export async function confirmed(question: string, yes: string): Promise<boolean> {
  const dialog = element("#confirm", HTMLDialogElement);
  element("[data-question]", HTMLElement, dialog).textContent = question;
  element("button[value=yes]", HTMLButtonElement, dialog).textContent = yes;
  return (await ask("confirm", { focus: "button[value=no]" })) !== null;
}

/** Holds back every submit of a form with `data-confirm` until it is confirmed. */
export function confirmForms(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const submitter = event.submitter instanceof HTMLElement ? event.submitter : null;
    const question = submitter?.dataset["confirm"] ?? form.dataset["confirm"];
    if (!question || form.dataset["confirmed"] === "yes") return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const verb = submitter?.dataset["confirmYes"] ?? form.dataset["confirmYes"] ?? submitter?.textContent?.trim() ?? gettext("Yes");
    void confirmed(question, verb).then((yes) => {
      if (!yes) return;
      form.dataset["confirmed"] = "yes";
      form.requestSubmit(submitter);
      delete form.dataset["confirmed"];
    });
  }, { capture: true });
}
