/** Carries out commands, whether they come from a key or from a button with `data-command`. */
import { commandOf, focusOf, type Command } from "./keys";

const SINGLE_KEYS = "overread.single-keys";

export type Actions = Readonly<Record<Command, () => void>>;

export function listen(actions: Actions): void {
  const single = singleKeys();
  document.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog[open], [popover]:popover-open")) return; // it has the keyboard
    const command = commandOf(event, focusOf(event.target), single.checked);
    if (!command) return;
    event.preventDefault();
    actions[command]();
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.detail > 0) target?.closest<HTMLElement>(".rail button, .regions button, .after-findings button, .beside-comment button")?.blur(); // so that Enter still submits
    const command = target?.closest<HTMLElement>("[data-command]")?.dataset["command"];
    if (!command || !(command in actions) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    actions[command as Command]();
  });
}

/** The reader's switch for single keys (WCAG 2.1.4), remembered in this browser. */
function singleKeys(): HTMLInputElement {
  const box = document.querySelector<HTMLInputElement>("#single-keys") ?? document.createElement("input");
  box.checked = localStorage.getItem(SINGLE_KEYS) !== "off";
  box.addEventListener("change", () => localStorage.setItem(SINGLE_KEYS, box.checked ? "on" : "off"));
  return box;
}
