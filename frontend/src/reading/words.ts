/** Every sentence the reading page says by itself. Plain clinical English, present tense, no exclamation mark. */
import type { Orientation } from "../viewer/orientation";
import type { CaseFinding } from "./contract";
import type { Subject } from "./measure/subject";
import type { Statistics } from "./measure/values";

type Spaced = Pick<Subject, "spacing" | "atDetector">;

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** One place after the point where there is a fraction, with a true minus sign. */
const decimal = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1)).replace("-", "−");

/** "6, 7, 8": a finding's key, or its name where it has none. */
const list = (findings: readonly CaseFinding[]): string => findings.map(({ key, name }) => key ?? name).join(", ");

export const words = {
  loading: "Loading image",
  unreadable: "Image not readable. Load it again, or skip the case.",
  contextLost: "The graphics were interrupted. The image returns by itself.",
  noWebgl: "This browser cannot show the image: WebGL 2 is off. Turn on graphics acceleration or use a current browser.",
  fullLoading: "The full-resolution image is still loading.",
  missing: (open: readonly CaseFinding[]) =>
    `${count(open.length, "finding")} still ${open.length === 1 ? "needs" : "need"} an answer: ${list(open)}.`,
  contradicted: ({ name, kind }: CaseFinding, value: string) =>
    `${name}: a region is drawn for it, but the answer is ${value.replace("_", " ")}. ` +
    `Answer ${kind === "binary" ? "uncertain or present" : "the finding"}, or delete the region.`,
  answered: (done: number, total: number) => `${done} of ${total} answered`,
  restAbsent: (marked: number, above: number, outlined: number) =>
    [`${count(marked, "finding")} marked absent.`, above && `${above} above threshold left open.`, outlined && `${outlined} with a region left open.`]
      .filter(Boolean)
      .join(" "),
  given: (finding: string, value: string) => `${finding}: ${value}`,
  /** Of the selected finding, and how many more there are of others. `elsewhere`: their names, one a region. */
  drawn: (finding: string, here: number, elsewhere: readonly string[]) => {
    const own = here ? count(here, "region") : elsewhere.length ? "no region" : "none drawn";
    const others = new Set(elsewhere);
    const where = others.size === 1 ? elsewhere[0] : `${others.size} other findings`;
    return `${finding}: ${own}${elsewhere.length ? `; ${count(elsewhere.length, "region")} for ${where}` : ""}`;
  },
  regionRemoved: "Region removed.",
  measureRemoved: "Measurement removed.",
  noRegion: "No region is selected.",
  noFinding: "Select a finding first.",
  toolBox: "Box: drag on the image, or press B again to place one.",
  toolPolygon: "Polygon: click its corners, Enter closes it, or press G again to place one.",
  toolLength: "Length: drag along it, or press D again to place one.",
  toolAngle: "Angle: click an end, the vertex and the other end, or press Shift+D again to place one.",
  toolRoi: "Region of interest: drag an ellipse, or press Q again to place one.",
  toolProbe: "Value: point at the image, click to leave a cross, or press Shift+Q again to place one.",
  measures: { length: "Length", angle: "Angle", roi: "Region of interest", probe: "Value" },
  length: (length: number, { spacing, atDetector }: Spaced) =>
    `${decimal(length)} ${spacing ? "mm" : "px"}${spacing && atDetector ? " at the detector" : ""}`,
  /** Nothing to add where the file's spacing holds for the body. */
  spacingNote: ({ spacing, atDetector }: Spaced) =>
    !spacing ? "No pixel spacing: length in pixels" : atDetector ? "Lengths at the detector, not corrected for magnification" : "",
  angle: (degrees: number) => (Number.isNaN(degrees) ? "" : `${decimal(degrees)}°`),
  area: (area: number, pixels: number, { spacing }: Spaced) => (spacing ? `Area ${decimal(area)} mm², ${pixels} px` : `Area ${pixels} px`),
  place: ([x, y]: readonly [number, number]) => `x ${Math.floor(x)}, y ${Math.floor(y)}`,
  values: (values: readonly number[], unit: string) =>
    values.length > 1 ? values.map((value, channel) => `${"RGB"[channel]} ${value}`).join(", ") : unit ? `${decimal(values[0] ?? 0)} ${unit}` : `value ${decimal(values[0] ?? 0)}`,
  /** `channel`: 0, 1, 2 for red, green, blue, null for grey. */
  statistics: ({ mean, deviation, least, most }: Statistics, channel: number | null, unit: string) => {
    const of = channel === null ? "" : `${"RGB"[channel]}: `;
    const within = unit && ` ${unit}`;
    return [`${of}Mean ${decimal(mean)}${within}, SD ${decimal(deviation)}`, `${of}Min ${decimal(least)}, max ${decimal(most)}`];
  },
  valuesFollow: "Values follow with the full resolution",
  orientation: ({ quarters, mirrored }: Orientation) => {
    const turn = ["", "Rotated 90° right", "Rotated 180°", "Rotated 90° left"][quarters];
    if (quarters === 2 && mirrored) return "Flipped top to bottom";
    return turn ? `${turn}${mirrored ? ", mirrored" : ""}` : mirrored ? "Mirrored left to right" : "";
  },
  reset: (measures: number) => `Image as at the start.${measures ? ` ${count(measures, "measurement")} removed.` : ""}`,
  lensOn: "Magnifier on: it goes with the pointer, or the arrow keys move it.",
  lensOff: "Magnifier off",
  noWindow: "A colour image has no window.",
  mapOff: "Heat map off",
  mapOn: (finding: string) => `Heat map: ${finding}. Model attention, not an outline.`,
  mapMissing: (finding: string) => `There is no heat map for ${finding}. Shift+H goes through those there are.`,
  mapFailed: "The heat map is not readable. The image stays as it is.",
  companion: (label: string) => `${label}, for comparison`,
  companionUnreadable: "Image not readable. The image you read is not affected.",
  hanging: {
    single: () => "This image alone.",
    study: (beside: number) => `${count(beside, "image")} of the study beside the image that is read.`,
    prior: () => "An earlier image beside the image that is read.",
  },
  hangingNone: "There is no other image of this patient.",
  priorNone: "There is no earlier image of this patient.",
  frame: (number: number, shown: number, held: number) =>
    `Frame ${number} of ${shown}${held > shown ? `; the file holds ${held}` : ""}`,
  saving: "Saving",
  notSaved: (reads: number) => (reads > 1 ? `${reads} reads not saved. Kept on this computer.` : "Not saved. Kept on this computer."),
  refused: (pseudonym: string, detail: string) => `${pseudonym} not saved: ${detail} Your answers are kept on this computer.`,
  answersRefused: "Not saved: an answer is missing or not allowed.",
  discard: "Discard",
  discardQuestion: "Discard this read? The server has refused it, and this is the only copy.",
  signedOut: (reads: number) =>
    `You are signed out. ${reads > 1 ? `${reads} reads are` : "This read is"} kept on this computer.`,
  stillSaving: "The read is not saved yet, so it cannot be undone.",
  earlierSaved: (pseudonym: string) => `The kept read of ${pseudonym} is saved.`,
  failed: "Not done: the server cannot be reached. Try again.",
  draftRestored: "Your unsaved answers of this case are back.",
  leaseLost: "This case is no longer held for you. Your answer will still be kept, as an extra read.",
  opened: (pseudonym: string, findings: number) => `Case ${pseudonym}, ${count(findings, "finding")}.`,
  revealed: (pseudonym: string) => `Case ${pseudonym}: the suggestion is shown. Confirm or correct your first read.`,
  undone: (pseudonym: string) => `Case ${pseudonym} is open again.`,
  nothingToUndo: "Nothing to undo.",
  submittedAgo: (pseudonym: string, seconds: number) => `${pseudonym} submitted ${seconds} s ago`,
  openFor: (seconds: number) => `Open for ${Math.floor(seconds / 60)} min ${seconds % 60} s`,
} as const;
