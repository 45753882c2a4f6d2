/** Every sentence the reading page says by itself. Plain clinical English, present tense, no exclamation mark. */
import type { CaseFinding } from "./contract";

const count = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

const LISTED = 9; // what is open beyond these is counted

/** "6, 7, 8": a finding's key, or its name where it has none. */
const list = (findings: readonly CaseFinding[]): string => {
  const named = findings.slice(0, LISTED).map(({ key, name }) => key ?? name).join(", ");
  return findings.length > LISTED ? `${named} and ${findings.length - LISTED} more` : named;
};

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
  /** On the button that marks the rest: how many it would. */
  rest: (count: number) => (count ? `Mark ${count} absent` : "Mark the rest absent"),
  unanswered: "open",
  noSnippets: "This project has no comment snippets. An administrator keeps them in the settings.",
  snippetInserted: "Snippet inserted.",
  confidence: (step: string) => `Confidence: ${step}`,
  proposed: (name: string) => `${name} is proposed to the administrators. Your read goes on as before.`,
  proposalUnsent: "Not sent: the server cannot be reached. What you wrote stays here; try again.",
  proposalSignedOut: "Not sent: you are signed out. Sign in again in another tab; what you wrote stays here.",
  regionsFull: (most: number) => `A read has ${most} regions at most. Delete one first.`,
  given: (finding: string, value: string) => `${finding}: ${value}`,
  /** Of the selected finding, and how many more there are of others. `elsewhere`: their names, one a region. */
  drawn: (finding: string, here: number, elsewhere: readonly string[]) => {
    const own = here ? count(here, "region") : elsewhere.length ? "no region" : "none drawn";
    const others = new Set(elsewhere);
    const where = others.size === 1 ? elsewhere[0] : `${others.size} other findings`;
    return `${finding}: ${own}${elsewhere.length ? `; ${count(elsewhere.length, "region")} for ${where}` : ""}`;
  },
  regionRemoved: "Region removed.",
  noRegion: "No region is selected.",
  noFinding: "Select a finding first.",
  toolBox: "Box: drag on the image, or press B again to place one.",
  toolPolygon: "Polygon: click its corners, Enter closes it, or press G again to place one.",
  mapOff: "Heat map off",
  mapOn: (finding: string) => `Heat map: ${finding}. Model attention, not an outline.`,
  mapMissing: (finding: string) => `There is no heat map for ${finding}. Shift+H goes through those there are.`,
  mapFailed: "The heat map is not readable. The image stays as it is.",
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
