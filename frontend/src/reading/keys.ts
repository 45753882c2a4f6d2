/**
 * The keyboard's commands, in one table. Another command is one line here and one action (actions.ts): the `?` sheet, the hints on
 * the buttons and the readers' own keys follow. Buttons carry the same names in `data-command`.
 */
import { gettext } from "../i18n";

export const GROUPS = {
  findings: gettext("Findings"),
  image: gettext("Image"),
  regions: gettext("Regions and measurements"),
  case: gettext("Case"),
  attention: gettext("Model attention"),
} as const;

/** What a case has to have for a command to do anything in it. */
export type Need = "model" | "escalation" | "frames" | "companions";

interface Entry {
  readonly group: keyof typeof GROUPS;
  readonly label: string;
  /** The first is shown. A character as it is typed (letters small), or a key's name; "Shift+" before a letter or a name. */
  readonly keys: readonly string[];
  /** Held down it goes on; every other key acts once. */
  readonly repeats?: true;
  /** It keeps its key. */
  readonly fixed?: true;
  readonly needs?: Need;
}

const TABLE = {
  "finding.previous": { group: "findings", label: gettext("Previous finding"), keys: ["ArrowUp"], repeats: true },
  "finding.next": { group: "findings", label: gettext("Next finding"), keys: ["ArrowDown"], repeats: true },
  "answer.absent": { group: "findings", label: gettext("Absent"), keys: ["a"] },
  "answer.uncertain": { group: "findings", label: gettext("Uncertain"), keys: ["u"] },
  "answer.present": { group: "findings", label: gettext("Present"), keys: ["p"] },
  "answer.not_assessable": { group: "findings", label: gettext("Not assessable"), keys: ["n"] },
  "contradiction.keep": { group: "findings", label: gettext("Keep an answer that the model strongly contradicts"), keys: ["r"], needs: "model" },
  "contradiction.change": { group: "findings", label: gettext("Change an answer that the model strongly contradicts"), keys: ["Shift+r"], needs: "model" },
  "rest.absent": { group: "findings", label: gettext("Mark the rest absent, but for those above threshold"), keys: ["0"] },
  "finding.find": { group: "findings", label: gettext("Find a finding by its name"), keys: ["/"] },
  comment: { group: "findings", label: gettext("Comment"), keys: ["c"] },
  snippets: { group: "findings", label: gettext("Comment snippets"), keys: ["t"] },
  confidence: { group: "findings", label: gettext("Confidence, the next step"), keys: ["Shift+c"] },
  "finding.propose": { group: "findings", label: gettext("Propose a finding"), keys: ["Shift+p"] },

  "window.next": { group: "image", label: gettext("Next window preset"), keys: ["w"] },
  "tool.level": { group: "image", label: gettext("Window by dragging (or the right button)"), keys: ["l"] },
  invert: { group: "image", label: gettext("Invert"), keys: ["i"] },
  "zoom.in": { group: "image", label: gettext("Zoom in"), keys: ["+", "="], repeats: true },
  "zoom.out": { group: "image", label: gettext("Zoom out"), keys: ["-"], repeats: true },
  fit: { group: "image", label: gettext("Fit"), keys: ["f"] },
  "tool.move": { group: "image", label: gettext("Move the image"), keys: ["v"] },
  magnify: { group: "image", label: gettext("Magnifier"), keys: ["m"] },
  "rotate.right": { group: "image", label: gettext("Rotate right"), keys: ["."] },
  "rotate.left": { group: "image", label: gettext("Rotate left"), keys: [","] },
  mirror: { group: "image", label: gettext("Mirror"), keys: ["y"] },
  flip: { group: "image", label: gettext("Flip"), keys: ["Shift+y"] },
  "frame.previous": { group: "image", label: gettext("Previous frame (or Shift and the wheel)"), keys: ["ArrowLeft"], repeats: true, needs: "frames" },
  "frame.next": { group: "image", label: gettext("Next frame"), keys: ["ArrowRight"], repeats: true, needs: "frames" },
  prior: { group: "image", label: gettext("An earlier image beside it"), keys: ["k"], needs: "companions" },
  "hanging.next": { group: "image", label: gettext("Next hanging"), keys: ["j"], needs: "companions" },
  reset: { group: "image", label: gettext("Image as at the start"), keys: ["x"] },

  "tool.box": { group: "regions", label: gettext("Box; pressed again it places one"), keys: ["b"] },
  "tool.polygon": { group: "regions", label: gettext("Polygon; pressed again it places one"), keys: ["g"] },
  "tool.length": { group: "regions", label: gettext("Length; pressed again it places one"), keys: ["d"] },
  "tool.angle": { group: "regions", label: gettext("Angle; pressed again it places one"), keys: ["Shift+d"] },
  "tool.roi": { group: "regions", label: gettext("Mean of an area; pressed again it places one"), keys: ["q"] },
  "tool.probe": { group: "regions", label: gettext("Value at a point; pressed again it places one"), keys: ["Shift+q"] },
  marks: { group: "regions", label: gettext("Show or hide marks"), keys: ["o"] },
  "region.delete": { group: "regions", label: gettext("Remove region or measurement"), keys: ["Delete", "Backspace"] },

  submit: { group: "case", label: gettext("Submit and open next"), keys: ["Enter"], fixed: true },
  undo: { group: "case", label: gettext("Undo"), keys: ["z"] },
  skip: { group: "case", label: gettext("Skip"), keys: ["s"] },
  defer: { group: "case", label: gettext("Put aside"), keys: ["Shift+s"] },
  escalate: { group: "case", label: gettext("Escalate"), keys: ["e"], needs: "escalation" },
  opinion: { group: "case", label: gettext("Second opinion"), keys: ["Shift+e"], needs: "escalation" },
  back: { group: "case", label: gettext("Back to worklist"), keys: ["Escape"], fixed: true },
  sheet: { group: "case", label: gettext("Keyboard shortcuts"), keys: ["?"] },

  map: { group: "attention", label: gettext("Map of the selected finding on, off"), keys: ["h"], needs: "model" },
  "map.next": { group: "attention", label: gettext("Another finding's map"), keys: ["Shift+h"], needs: "model" },
  "map.less": { group: "attention", label: gettext("Opacity down"), keys: ["["], repeats: true, needs: "model" },
  "map.more": { group: "attention", label: gettext("Opacity up"), keys: ["]"], repeats: true, needs: "model" },
} as const satisfies Readonly<Record<string, Entry>>;

/** Keys that are no commands of the table, for the sheet alone. */
export const BESIDES: readonly Pick<Entry, "group" | "label" | "keys">[] = [
  { group: "findings", label: gettext("Select a finding"), keys: ["1", "–", "9"] },
  { group: "regions", label: gettext("Move the region"), keys: ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"] },
  { group: "regions", label: gettext("Resize it; with Alt by 1 px"), keys: ["Shift"] },
];

/** A command with a line in the table. */
export type Named = keyof typeof TABLE;
/** `opinion.last`, of the read before, has a button alone. */
export type Command = Named | "opinion.last" | `finding.${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9}`;

/** The table's lines in its order. */
export const COMMANDS: readonly (readonly [Named, Entry])[] = Object.entries<Entry>(TABLE) as [Named, Entry][];

export function entryOf(command: Named): Entry {
  return TABLE[command];
}

/** Key, as the table writes it, to command. */
export type Bindings = ReadonlyMap<string, Named>;

/** The table's keys, where the reader has none of their own. */
export function bindings(own: Readonly<Record<string, string>> = {}): Bindings {
  const bound = new Map<string, Named>();
  for (const [command, { keys }] of COMMANDS) if (!(command in own)) for (const key of keys) bound.set(key, command);
  for (const [command] of COMMANDS) if (own[command] !== undefined) bound.set(own[command], command);
  return bound;
}

const DEFAULT = bindings();

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
export function commandOf(press: Press, focus: Focus, single: boolean, bound: Bindings = DEFAULT): Command | null {
  const { key } = press;
  if ((press.ctrlKey || press.metaKey) && key === "Enter" && !press.repeat) return "submit";
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const command = /^[1-9]$/.test(key) ? (`finding.${key}` as Command) : bound.get(spelled(press, true)) ?? bound.get(spelled(press, false));
  if (!command || (press.repeat && !repeats(command))) return null;
  if (key === "Escape") return press.repeat ? null : "back";
  if (focus === "text" || (focus === "control" && key === "Enter") || (focus === "slider" && key.startsWith("Arrow"))) return null;
  if (focus === "number") return key === "Enter" || key === "ArrowUp" || key === "ArrowDown" ? command : null;
  return single || key.length > 1 ? command : null;
}

/** As the table writes it; a letter means the same in both cases, so that Caps Lock changes nothing. */
function spelled({ key, shiftKey }: Press, withShift: boolean): string {
  return `${withShift && shiftKey ? "Shift+" : ""}${key.length === 1 ? key.toLowerCase() : key}`;
}

function repeats(command: Command): boolean {
  return command in TABLE && entryOf(command as Named).repeats === true;
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

const NAMED = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown", "Insert", "Delete", "Backspace"];

/** The key of a press as a reader may take it for a command, or null where it stays what it is. The server asks the same. */
export function takeable(press: Press): string | null {
  const { key } = press;
  const named = NAMED.includes(key);
  if (press.ctrlKey || press.metaKey || press.altKey || !(named || /^[^\s1-9]$/u.test(key))) return null;
  return spelled(press, named || key.toLowerCase() !== key.toUpperCase());
}
