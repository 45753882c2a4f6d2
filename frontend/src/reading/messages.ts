/** Every message of the reading page's script. Plain clinical English, present tense, no exclamation mark. */
import { gettext, ngettext } from "../i18n";
import type { Orientation } from "../viewer/orientation";
import { NOT_ASSESSABLE, type CaseFinding } from "./contract";
import type { Subject } from "./measure/subject";
import type { Statistics } from "./measure/values";

type Spaced = Pick<Subject, "spacing" | "spacingKind">;

const CHANNELS = "RGB";

/** One place after the point where there is a fraction, with a true minus sign. */
const decimal = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1)).replace("-", "−");

const LEFT = 4; // on a button
const LISTED = 9; // what is open beyond these is counted

/** "6, 7, 8": a finding's key, or its name where it has none. */
const list = (findings: readonly CaseFinding[], most = LISTED): string => {
  const named = findings.slice(0, most).map(({ key, name }) => key ?? name).join(", ");
  return findings.length > most ? gettext("%(findings)s and %(count)s more", { findings: named, count: findings.length - most }) : named;
};

const regions = (count: number): string => ngettext("%(count)s region", "%(count)s regions", count);

const drawnElsewhere = (names: readonly string[]): string => {
  const others = new Set(names);
  const [finding = ""] = names;
  if (others.size === 1) return ngettext("%(count)s region for %(finding)s", "%(count)s regions for %(finding)s", names.length, { finding });
  return gettext("%(regions)s for %(findings)s other findings", { regions: regions(names.length), findings: others.size });
};

/** An answer as it is spoken: "present", "not assessable", "52", an option as the project names it. */
function value(answer: string | number): string {
  switch (answer) {
    case "absent":
      return gettext("absent");
    case "uncertain":
      return gettext("uncertain");
    case "present":
      return gettext("present");
    case NOT_ASSESSABLE:
      return gettext("not assessable");
    default:
      return String(answer);
  }
}

const KEYS: Readonly<Record<string, string>> = {
  ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", "-": "−",
  Delete: gettext("Del"), Backspace: gettext("Backspace"), Insert: gettext("Ins"), Home: gettext("Home"), End: gettext("End"),
  PageUp: gettext("Page up"), PageDown: gettext("Page down"), Enter: gettext("Enter"), Escape: gettext("Esc"), Shift: gettext("Shift"),
};

/** A key of keys.ts as it is printed on a keyboard: "B", "Shift+H", "↑". */
function keyText(key: string): string {
  if (key.startsWith("Shift+")) return gettext("Shift+%(key)s", { key: keyText(key.slice(6)) });
  return KEYS[key] ?? (key.length === 1 ? key.toUpperCase() : key);
}

export const messages = {
  loading: gettext("Loading image"),
  unreadable: gettext("Image not readable. Load it again, or skip the case."),
  contextLost: gettext("The graphics were interrupted. The image returns by itself."),
  noWebgl: gettext("This browser cannot show the image: WebGL 2 is off. Turn on graphics acceleration or use a current browser."),
  submitsWhenFull: gettext("Submits by itself when the full-resolution image is there. Any change of an answer holds it back."),
  fullLoading: gettext("The full-resolution image is still loading."),
  size: (columns: number, rows: number) => gettext("%(columns)s × %(rows)s px", { columns, rows }),
  zoom: (percent: number) => gettext("Zoom %(percent)s %%", { percent }),
  /** A file names its windows itself; where it has none the server computes one. */
  windowName: (label: string) => (label === "Automatic" ? gettext("Automatic") : label),
  colour: gettext("Colour"),
  half: gettext("Half resolution"),
  missing: (open: readonly CaseFinding[]) =>
    ngettext("%(count)s finding still needs an answer: %(findings)s.", "%(count)s findings still need an answer: %(findings)s.", open.length, {
      findings: list(open),
    }),
  contradicted: ({ name, kind }: CaseFinding, answer: string) =>
    kind === "binary"
      ? gettext("%(finding)s: a region is drawn for it, but the answer is %(answer)s. Answer uncertain or present, or delete the region.", { finding: name, answer: value(answer) })
      : gettext("%(finding)s: a region is drawn for it, but the answer is %(answer)s. Answer the finding, or delete the region.", { finding: name, answer: value(answer) }),
  unsettled: (finding: string, answer: string, keep: string, change: string) =>
    gettext("%(finding)s: your answer and the model contradict each other. %(keep)s keeps %(answer)s, %(change)s changes it.", { finding, answer: value(answer), keep, change }),
  keep: gettext("“Keep”"),
  change: gettext("“Change”"),
  keptAgainst: (finding: string, answer: string) => gettext("%(finding)s: %(answer)s is kept.", { finding, answer: value(answer) }),
  toBeChanged: (finding: string) => gettext("%(finding)s: answer it anew.", { finding }),
  nothingUnsettled: gettext("No answer here contradicts the model strongly."),
  answered: (done: number, total: number) => gettext("%(done)s of %(total)s answered", { done, total }),
  restAbsent: (marked: number, above: number, outlined: number) =>
    [
      ngettext("%(count)s finding marked absent.", "%(count)s findings marked absent.", marked),
      above && gettext("%(count)s above threshold left open.", { count: above }),
      outlined && gettext("%(count)s with a region left open.", { count: outlined }),
    ]
      .filter(Boolean)
      .join(" "),
  /** On the button that marks the rest: how many it would, and which it leaves. */
  rest: (count: number, left: readonly CaseFinding[]) => {
    const marks = count ? ngettext("Mark %(count)s absent", "Mark %(count)s absent", count) : gettext("Mark the rest absent");
    return count && left.length ? gettext("%(marks)s, leave %(findings)s", { marks, findings: list(left, LEFT) }) : marks;
  },
  unanswered: gettext("open"),
  noSnippets: gettext("This project has no comment snippets. An administrator keeps them in the settings."),
  snippetInserted: gettext("Snippet inserted."),
  confidence: (step: string) => gettext("Confidence: %(step)s", { step }),
  proposed: (finding: string) => gettext("%(finding)s is proposed to the administrators. Your read goes on as before.", { finding }),
  proposalUnsent: gettext("Not sent: the server cannot be reached. What you wrote stays here; try again."),
  proposalSignedOut: gettext("Not sent: you are signed out. Sign in again in another tab; what you wrote stays here."),
  regionsFull: (most: number) => gettext("A read has %(most)s regions at most. Delete one first.", { most }),
  measuresFull: (most: number) => gettext("A read has %(most)s measurements at most. Remove one first.", { most }),
  value,
  given: (finding: string, answer: string) => gettext("%(finding)s: %(answer)s", { finding, answer: value(answer) }),
  /** Of the selected finding, and how many more there are of others. `elsewhere`: their names, one a region. */
  drawn: (finding: string, here: number, elsewhere: readonly string[]) => {
    const own = here ? regions(here) : elsewhere.length ? gettext("no region") : gettext("none drawn");
    return gettext("%(finding)s: %(regions)s", { finding, regions: elsewhere.length ? `${own}; ${drawnElsewhere(elsewhere)}` : own });
  },
  region: gettext("region"),
  outline: (kind: "box" | "polygon", finding: string, [width, height, left, top]: readonly [number, number, number, number]) =>
    kind === "box"
      ? gettext("Box for %(finding)s: %(width)s by %(height)s pixels, %(left)s from the left, %(top)s from the top", { finding, width, height, left, top })
      : gettext("Polygon for %(finding)s: %(width)s by %(height)s pixels, %(left)s from the left, %(top)s from the top", { finding, width, height, left, top }),
  regionRemoved: gettext("Region removed."),
  noRegion: gettext("No region is selected."),
  noFinding: gettext("Select a finding first."),
  toolBox: (key: string) => gettext("Box: drag on the image, or press %(key)s again to place one.", { key }),
  toolPolygon: (key: string) => gettext("Polygon: click its corners, Enter closes it, or press %(key)s again to place one.", { key }),
  measureRemoved: gettext("Measurement removed."),
  toolLength: (key: string) => gettext("Length: drag along it, or press %(key)s again to place one.", { key }),
  toolAngle: (key: string) => gettext("Angle: click an end, the vertex and the other end, or press %(key)s again to place one.", { key }),
  toolRoi: (key: string) => gettext("Region of interest: drag an ellipse, or press %(key)s again to place one.", { key }),
  toolProbe: (key: string) => gettext("Value: point at the image, click to leave a cross, or press %(key)s again to place one.", { key }),
  measures: { length: gettext("Length"), angle: gettext("Angle"), roi: gettext("Region of interest"), probe: gettext("Point") },
  length: (length: number, { spacing, spacingKind }: Spaced) => {
    const values = { length: decimal(length) };
    if (!spacing) return gettext("%(length)s px", values);
    switch (spacingKind) {
      case "patient":
        return gettext("%(length)s mm", values);
      case "detector":
        return gettext("%(length)s mm at the detector", values);
      case "corrected":
        return gettext("%(length)s mm, corrected", values);
      case "unknown":
        return gettext("%(length)s mm, plane unknown", values);
    }
  },
  /** Nothing to add where the file's spacing holds for the body. */
  spacingNote: ({ spacing, spacingKind }: Spaced) => {
    if (!spacing) return gettext("No pixel spacing: length in pixels");
    switch (spacingKind) {
      case "patient":
        return "";
      case "detector":
        return gettext("Lengths at the detector, not corrected for magnification");
      case "corrected":
        return gettext("Lengths corrected by the magnification factor in the file");
      case "unknown":
        return gettext("The file does not say whether lengths hold at the detector or in the patient");
    }
  },
  padding: gettext("no measurement here (padding)"),
  angle: (degrees: number) => (Number.isNaN(degrees) ? "" : gettext("%(degrees)s°", { degrees: decimal(degrees) })),
  area: (area: number, pixels: number, { spacing }: Spaced) =>
    spacing ? gettext("Area %(area)s mm², %(pixels)s px", { area: decimal(area), pixels }) : gettext("Area %(pixels)s px", { pixels }),
  place: ([x, y]: readonly [number, number]) => gettext("x %(x)s, y %(y)s", { x: Math.floor(x), y: Math.floor(y) }),
  values: (values: readonly number[], unit: string) => {
    if (values.length > 1) return values.map((value, channel) => `${CHANNELS[channel]} ${value}`).join(", ");
    const value = decimal(values[0] ?? 0);
    return unit ? gettext("%(value)s %(unit)s", { value, unit }) : gettext("value %(value)s", { value });
  },
  /** `channel`: 0, 1, 2 for red, green, blue, null for grey. */
  statistics: ({ mean, deviation, least, most }: Statistics, channel: number | null, unit: string) => {
    const of = channel === null ? "" : `${CHANNELS[channel]}: `;
    const values = { mean: unit ? `${decimal(mean)} ${unit}` : decimal(mean), deviation: decimal(deviation), least: decimal(least), most: decimal(most) };
    return [of + gettext("Mean %(mean)s, SD %(deviation)s", values), of + gettext("Min %(least)s, max %(most)s", values)];
  },
  valuesFollow: gettext("Values follow with the full resolution"),
  orientation: ({ quarters, mirrored }: Orientation) => {
    if (quarters === 0) return mirrored ? gettext("Mirrored left to right") : "";
    if (quarters === 2) return mirrored ? gettext("Flipped top to bottom") : gettext("Rotated 180°");
    if (quarters === 1) return mirrored ? gettext("Rotated 90° right, mirrored") : gettext("Rotated 90° right");
    return mirrored ? gettext("Rotated 90° left, mirrored") : gettext("Rotated 90° left");
  },
  reset: (measures: number) =>
    measures
      ? `${gettext("Image as at the start.")} ${ngettext("%(count)s measurement removed.", "%(count)s measurements removed.", measures)}`
      : gettext("Image as at the start."),
  lensOn: gettext("Magnifier on: it goes with the pointer, or the arrow keys move it."),
  lensOff: gettext("Magnifier off"),
  noWindow: gettext("A colour image has no window."),
  mapNote: gettext("Heat map on: model attention, not an outline"),
  mapEmpty: gettext("Heat map: no positive evidence for this finding"),
  mapOff: gettext("Heat map off"),
  mapOn: (finding: string) => gettext("Heat map: %(finding)s. Model attention, not an outline.", { finding }),
  mapMissing: (finding: string) => gettext("There is no heat map for %(finding)s.", { finding }),
  mapOfFirstFrame: gettext("Heat map off: the model has looked at the first frame alone."),
  mapFailed: gettext("The heat map is not readable. The image stays as it is."),
  opacity: (percent: number) => gettext("%(percent)s %%", { percent }),
  companion: (label: string) => gettext("%(image)s, for comparison", { image: label }),
  companionUnreadable: gettext("Image not readable. The image you read is not affected."),
  hanging: {
    single: () => gettext("This image alone."),
    study: (beside: number) =>
      ngettext("%(count)s image of the study beside the image that is read.", "%(count)s images of the study beside the image that is read.", beside),
    prior: () => gettext("An earlier image beside the image that is read."),
  },
  hangingNone: gettext("There is no other image of this patient."),
  priorNone: gettext("There is no earlier image of this patient."),
  frame: (number: number, shown: number, held: number) =>
    held > shown
      ? gettext("Frame %(number)s of %(shown)s; the file holds %(held)s", { number, shown, held })
      : gettext("Frame %(number)s of %(shown)s", { number, shown }),
  saving: gettext("Saving"),
  notSaved: (reads: number) =>
    reads > 1 ? ngettext("%(count)s read not saved. Kept on this computer.", "%(count)s reads not saved. Kept on this computer.", reads) : gettext("Not saved. Kept on this computer."),
  refused: (pseudonym: string, detail: string) => gettext("%(case)s not saved: %(detail)s Your answers are kept on this computer.", { case: pseudonym, detail }),
  kept: (reads: number) =>
    ngettext("%(count)s read is kept on this computer and not saved yet.", "%(count)s reads are kept on this computer and not saved yet.", reads),
  answersRefused: gettext("Not saved: an answer is missing or not allowed."),
  discard: gettext("Discard"),
  discardQuestion: gettext("Discard this read? The server has refused it, and this is the only copy."),
  signedOut: (reads: number) =>
    ngettext("You are signed out. This read is kept on this computer.", "You are signed out. %(count)s reads are kept on this computer.", Math.max(reads, 1)),
  stillSaving: gettext("The read is not saved yet, so it cannot be undone."),
  earlierSaved: (pseudonym: string) => gettext("The kept read of %(case)s is saved.", { case: pseudonym }),
  failed: gettext("Not done: the server cannot be reached. Try again."),
  draftRestored: gettext("Your unsaved answers of this case are back."),
  leaseLost: gettext("This case is no longer held for you. Your answer will still be kept, as an extra read."),
  opened: (pseudonym: string, findings: number) => ngettext("Case %(case)s, %(count)s finding.", "Case %(case)s, %(count)s findings.", findings, { case: pseudonym }),
  revealed: (pseudonym: string) => gettext("Case %(case)s: the suggestion is shown. Confirm or correct your first read.", { case: pseudonym }),
  skipped: (pseudonym: string) => gettext("Case %(case)s is skipped.", { case: pseudonym }),
  undone: (pseudonym: string) => gettext("Case %(case)s is open again.", { case: pseudonym }),
  deferred: (pseudonym: string) => gettext("%(case)s is put aside. Your worklist has it.", { case: pseudonym }),
  escalated: (pseudonym: string) => gettext("%(case)s is escalated.", { case: pseudonym }),
  nobodyElse: gettext("Nobody else reads in this project."),
  nothingToUndo: gettext("Nothing to undo."),
  submittedAgo: (pseudonym: string, seconds: number) => gettext("%(case)s submitted %(seconds)s s ago", { case: pseudonym, seconds }),
  openFor: (seconds: number) => gettext("Open for %(minutes)s min %(seconds)s s", { minutes: Math.floor(seconds / 60), seconds: seconds % 60 }),
  key: keyText,
  withKey: (title: string, key: string) => gettext("%(title)s (%(key)s)", { title, key: keyText(key) }),
  changeKey: (command: string) => gettext("Change the key of %(command)s", { command }),
  resetKey: (command: string) => gettext("Reset the key of %(command)s", { command }),
  pressKey: (command: string, key: string) => gettext("Press the new key of %(command)s. Escape keeps %(key)s.", { command, key }),
  keyKept: (command: string, key: string) => gettext("%(command)s keeps %(key)s.", { command, key }),
  keyChanged: (command: string, key: string) => gettext("%(command)s is on %(key)s now.", { command, key }),
  keyTaken: (key: string, holder: string) => gettext("%(key)s belongs to %(command)s. Press another key.", { key, command: holder }),
  keyNotFree: (key: string) => gettext("%(key)s cannot be taken. Press another key.", { key }),
  keysReset: gettext("Every command has its first key again."),
  singleKeys: (on: boolean) => (on ? gettext("Single-key shortcuts are on.") : gettext("Single-key shortcuts are off. Enter, Escape and the arrows still work.")),
  notKept: (done: string) => gettext("%(done)s The server cannot be reached: it holds until you leave this page.", { done }),
  title: (heading: string) => gettext("%(heading)s · Overread", { heading }),
} as const;
