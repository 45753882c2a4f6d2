/** The keyboard map: one key, one command. Buttons carry the same command names in `data-command`. */

export type Command =
  | `finding.${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`
  | "finding.previous" | "finding.next" | "finding.find" | "finding.propose"
  | "answer.absent" | "answer.uncertain" | "answer.present" | "answer.not_assessable"
  | "rest.absent" | "comment" | "confidence" | "snippets"
  | "window.next" | "invert" | "zoom.in" | "zoom.out" | "fit"
  | "tool.move" | "tool.level" | "tool.box" | "tool.polygon"
  | "marks" | "region.delete"
  | "map" | "map.next" | "map.less" | "map.more"
  | "skip" | "escalate" | "undo" | "submit" | "sheet" | "back";

const KEYS: Readonly<Record<string, Command>> = {
  ArrowUp: "finding.previous", ArrowDown: "finding.next",
  a: "answer.absent", u: "answer.uncertain", p: "answer.present", n: "answer.not_assessable",
  "0": "rest.absent", c: "comment", t: "snippets", "/": "finding.find",
  w: "window.next", i: "invert", "+": "zoom.in", "=": "zoom.in", "-": "zoom.out", f: "fit",
  v: "tool.move", l: "tool.level", b: "tool.box", g: "tool.polygon",
  o: "marks", Delete: "region.delete", Backspace: "region.delete",
  h: "map", "[": "map.less", "]": "map.more",
  s: "skip", e: "escalate", z: "undo", Enter: "submit", "?": "sheet", Escape: "back",
};

/** With Shift held; any other letter means the same with it as without, so that Caps Lock changes nothing. */
const SHIFTED: Readonly<Record<string, Command>> = { h: "map.next", c: "confidence", p: "finding.propose" };

/** Held down, these go on; every other key acts once. */
const REPEATING: readonly Command[] = ["zoom.in", "zoom.out", "map.less", "map.more", "finding.previous", "finding.next"];

export interface Press {
  readonly key: string;
  readonly repeat: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** Where the focus is: nowhere special, in a text or number field, on a slider, or on a control that Enter activates. */
export type Focus = "page" | "text" | "number" | "slider" | "control";

/** The command of a key press, or null where the key is not ours there. `single` is the reader's switch for single keys. */
export function commandOf(press: Press, focus: Focus, single: boolean): Command | null {
  const { key } = press;
  if ((press.ctrlKey || press.metaKey) && key === "Enter" && !press.repeat) return "submit";
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const letter = key.toLowerCase();
  const shifted = press.shiftKey ? SHIFTED[letter] : undefined;
  const command = /^[1-9]$/.test(key) ? (`finding.${key}` as Command) : (shifted ?? KEYS[key] ?? KEYS[letter]);
  if (!command || (press.repeat && !REPEATING.includes(command))) return null;
  if (key === "Escape") return press.repeat ? null : "back";
  if (focus === "text" || (focus === "control" && key === "Enter") || (focus === "slider" && key.startsWith("Arrow"))) return null;
  if (focus === "number") return key === "Enter" || key.startsWith("Arrow") ? command : null;
  return single || key.length > 1 ? command : null;
}

export function focusOf(target: EventTarget | null): Focus {
  if (!(target instanceof HTMLElement)) return "page";
  if (target instanceof HTMLTextAreaElement || target.isContentEditable) return "text";
  if (target instanceof HTMLSelectElement) return "text";
  if (target instanceof HTMLInputElement) {
    if (target.type === "number") return "number";
    if (target.type === "range") return "slider";
    return ["radio", "checkbox"].includes(target.type) ? "page" : "text";
  }
  return target.closest("button, a[href], summary") ? "control" : "page";
}
