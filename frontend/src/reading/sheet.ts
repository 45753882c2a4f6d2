/** The keyboard map on `?`: made from the table of commands, with the reader's own keys, which they change in place. */
import { element, elements } from "../dom";
import { BESIDES, COMMANDS, entryOf, GROUPS, takeable, type Named, type Need } from "./keys";
import type { KeyMap } from "./keymap";
import { messages } from "./messages";

export class KeySheet {
  private readonly sheet = element("#keys", HTMLElement);
  private readonly note = element("#keys-note", HTMLElement, this.sheet);
  private readonly change = element("#keys-change", HTMLButtonElement, this.sheet);
  private readonly resetAll = element("#keys-reset", HTMLButtonElement, this.sheet);
  private readonly single = element("#single-keys", HTMLInputElement, this.sheet);
  private readonly rows = new Map<Named, HTMLElement>();
  private readonly keys: KeyMap;
  private readonly has: (need: Need) => boolean;
  private waiting: Named | null = null;

  /** `has`: whether the case on screen has what a command needs. */
  constructor(keys: KeyMap, has: (need: Need) => boolean) {
    this.keys = keys;
    this.has = has;
    this.build();
    this.show();
    keys.onChange(() => this.show());
    this.single.addEventListener("change", () => void this.report(keys.switchSingleKeys(this.single.checked), messages.singleKeys(this.single.checked)));
    this.change.addEventListener("click", () => this.edit(this.change.getAttribute("aria-pressed") !== "true"));
    this.resetAll.addEventListener("click", () => void this.report(keys.resetAll(), messages.keysReset));
    this.sheet.addEventListener("beforetoggle", () => this.show()); // another case may be on screen
    this.sheet.addEventListener("toggle", (event) => this.toggled((event as ToggleEvent).newState === "open"));
    this.sheet.addEventListener("keydown", (event) => this.pressed(event));
    this.sheet.addEventListener("focusout", () => this.stop());
  }

  private build(): void {
    const [groups, group, row] = [element("#key-groups", HTMLElement, this.sheet), pattern("#key-group"), pattern("#key-row")];
    for (const [name, title] of Object.entries(GROUPS)) {
      const section = group.cloneNode(true) as HTMLElement;
      element("h3", HTMLElement, section).textContent = title;
      const list = element("dl", HTMLElement, section);
      for (const beside of BESIDES.filter((each) => each.group === name)) list.append(settled(filled(row, beside.label, beside.keys)));
      for (const [command, entry] of COMMANDS) {
        if (entry.group !== name) continue;
        const line = filled(row, entry.label, []);
        this.rows.set(command, line);
        if (entry.fixed) settled(line);
        else this.offer(line, command);
        list.append(line);
      }
      groups.append(section);
    }
  }

  /** The buttons that change a key and take it back. */
  private offer(line: HTMLElement, command: Named): void {
    const { label } = entryOf(command);
    const [change, reset] = [element("[data-change]", HTMLButtonElement, line), element("[data-reset]", HTMLButtonElement, line)];
    change.setAttribute("aria-label", messages.changeKey(label));
    reset.setAttribute("aria-label", messages.resetKey(label));
    change.addEventListener("click", () => this.ask(command));
    reset.addEventListener("click", () => this.reset(command));
  }

  private show(): void {
    this.single.checked = this.keys.singleKeys;
    for (const [command, line] of this.rows) {
      const { needs, fixed } = entryOf(command);
      line.hidden = needs !== undefined && !this.has(needs);
      put(line, [this.keys.keyOf(command)]);
      line.classList.toggle("is-off", !this.keys.works(command));
      if (!fixed) element("[data-reset]", HTMLElement, line).hidden = !this.keys.isOwn(command);
    }
    for (const section of elements("section", HTMLElement, this.sheet)) section.hidden = elements("dl > div:not([hidden])", HTMLElement, section).length === 0;
    this.resetAll.hidden = ![...this.rows.keys()].some((command) => this.keys.isOwn(command));
  }

  private toggled(open: boolean): void {
    if (open) element("[popovertargetaction=hide]", HTMLButtonElement, this.sheet).focus();
    else this.edit(false);
  }

  private edit(on: boolean): void {
    this.stop();
    this.note.textContent = "";
    this.change.setAttribute("aria-pressed", String(on));
    this.sheet.classList.toggle("is-editing", on);
  }

  private ask(command: Named): void {
    this.waiting = command;
    this.rows.get(command)?.classList.add("is-waiting");
    this.note.textContent = messages.pressKey(entryOf(command).label, messages.key(this.keys.keyOf(command)));
  }

  private stop(): void {
    if (this.waiting) this.rows.get(this.waiting)?.classList.remove("is-waiting");
    this.waiting = null;
  }

  private pressed(event: KeyboardEvent): void {
    const command = this.waiting;
    if (command === null) {
      if (this.keys.commandOf(event) === "sheet") this.sheet.hidePopover();
      return;
    }
    if (["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "Tab"].includes(event.key)) return; // on the way to a key, or away
    event.preventDefault(); // Escape closes the question, not the sheet
    event.stopPropagation();
    if (event.repeat) return;
    if (event.key === "Escape") this.keepKey(command);
    else this.take(command, takeable(event), event.key);
  }

  private keepKey(command: Named): void {
    this.stop();
    this.note.textContent = messages.keyKept(entryOf(command).label, messages.key(this.keys.keyOf(command)));
  }

  private take(command: Named, key: string | null, pressed: string): void {
    const { label } = entryOf(command);
    const holder = key === null ? null : this.keys.holder(key, command);
    if (key === null) return void (this.note.textContent = messages.keyNotFree(messages.key(pressed)));
    if (holder) return void (this.note.textContent = messages.keyTaken(messages.key(key), entryOf(holder).label));
    this.stop();
    void this.report(this.keys.take(command, key), messages.keyChanged(label, messages.key(key)));
  }

  private reset(command: Named): void {
    const { label, keys: [first = ""] } = entryOf(command);
    const holder = this.keys.holder(first, command);
    if (holder) return void (this.note.textContent = messages.keyTaken(messages.key(first), entryOf(holder).label));
    element("[data-change]", HTMLElement, this.rows.get(command)).focus(); // the button pressed goes
    void this.report(this.keys.reset(command), messages.keyChanged(label, messages.key(first)));
  }

  /** What was done, and whether it follows the reader to another computer. */
  private async report(kept: Promise<boolean>, done: string): Promise<void> {
    this.note.textContent = done;
    if (!(await kept)) this.note.textContent = messages.notKept(done);
  }
}

function pattern(selector: string): HTMLElement {
  return element("*", HTMLElement, element(selector, HTMLTemplateElement).content);
}

function filled(row: HTMLElement, label: string, keys: readonly string[]): HTMLElement {
  const line = row.cloneNode(true) as HTMLElement;
  element("[data-label]", HTMLElement, line).textContent = label;
  put(line, keys);
  return line;
}

/** A line whose key stays what it is. */
function settled(line: HTMLElement): HTMLElement {
  for (const button of elements("button", HTMLButtonElement, line)) button.remove();
  return line;
}

/** Shift and a letter are two keys. */
function put(line: HTMLElement, keys: readonly string[]): void {
  const parts = keys.flatMap((key) => (key.startsWith("Shift+") ? ["Shift", key.slice(6)] : [key]));
  element("[data-keys]", HTMLElement, line).replaceChildren(...parts.map((part) => {
    const kbd = document.createElement("kbd");
    kbd.textContent = messages.key(part);
    return kbd;
  }));
}
