/** Writes the reader's keys wherever the page names them. */
import { elements } from "../dom";
import { COMMANDS, type Named } from "./keys";
import type { KeyMap } from "./keymap";
import { messages } from "./messages";

const isNamed = (name: string | undefined): name is Named => COMMANDS.some(([command]) => command === name);

/**
 * `<kbd data-key="undo">` shows the key of that command. What has `data-command` or `data-shortcut` tells it to assistive
 * technology and in its tooltip; the underlined letter of its label goes where it is not the key.
 */
export function describeKeys(root: ParentNode, keys: KeyMap): void {
  for (const kbd of elements("kbd[data-key]", HTMLElement, root)) {
    const command = kbd.dataset["key"];
    if (!isNamed(command)) continue;
    kbd.textContent = messages.key(keys.keyOf(command));
    kbd.hidden = !keys.works(command);
  }
  for (const control of elements("[data-command], [data-shortcut]", HTMLElement, root)) {
    const command = control.dataset["command"] ?? control.dataset["shortcut"];
    if (isNamed(command)) describe(control, keys.works(command) ? keys.keyOf(command) : "");
  }
}

function describe(control: HTMLElement, key: string): void {
  if (key) control.setAttribute("aria-keyshortcuts", key.replace(/^(Shift\+)?(.)$/, (_all, shift: string | undefined, letter: string) => (shift ?? "") + letter.toUpperCase()));
  else control.removeAttribute("aria-keyshortcuts");
  const title = (control.dataset["title"] ??= control.title);
  if (title) control.title = key ? messages.withKey(title, key) : title;
  const label = control.closest("label") ?? control;
  for (const letter of elements("u", HTMLElement, label)) letter.classList.toggle("is-plain", letter.textContent.toLowerCase() !== key);
}
