/** Carries out commands, whether they come from a key or from a button with `data-command`. */
import type { KeyMap } from "./keymap";
import type { Command } from "./keys";

export type Actions = Readonly<Record<Command, () => void>>;

export function listen(actions: Actions, keys: KeyMap): void {
  document.addEventListener("keydown", (event) => {
    const open = document.querySelector("dialog[open], [popover]:popover-open");
    if (open && (open.id !== "more-tools" || event.key === "Escape")) return; // it has the keyboard; the tools tell their keys themselves
    const command = keys.commandOf(event);
    if (!command || (command.startsWith("frame.") && document.body.dataset["frames"] === undefined)) return;
    event.preventDefault();
    actions[command]();
  });
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target : null;
    if (event.detail > 0) target?.closest<HTMLElement>(".toolbar button, .regions button, .after-findings button, .beside-comment button")?.blur(); // so that Enter still submits
    const command = target?.closest<HTMLElement>("[data-command]")?.dataset["command"];
    if (!command || !(command in actions) || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    actions[command as Command]();
  });
}
