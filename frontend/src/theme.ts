/** The theme switch of the person's menu: taken at once, kept on the server. Without this script its form posts as it is. */
import { elements } from "./dom";

/** `<form data-theme-switch>` has one button a theme; `<html data-theme>` is what the stylesheet goes by. */
export function switchTheme(): void {
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (!(form instanceof HTMLFormElement) || !("themeSwitch" in form.dataset) || !(submitter instanceof HTMLButtonElement)) return;
    event.preventDefault();
    document.documentElement.dataset["theme"] = submitter.value;
    for (const button of elements("button", HTMLButtonElement, form)) button.setAttribute("aria-pressed", String(button === submitter));
    const fields = [...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]);
    // Not the FormData themselves: in many parts it would wait its turn with the files.
    void fetch(form.action, { method: "POST", body: new URLSearchParams(fields), credentials: "same-origin", keepalive: true });
  });
}
