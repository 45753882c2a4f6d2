/** What the reading page and the server say to each other; frontend/pages/read/contract.py holds the server's types of the same. */

/** blind: first read, nothing of the model. open: read with the model. revealed: the same case after a blind read. done: stored. */
export type CaseState = "blind" | "open" | "revealed" | "done";

export type FindingKind = "binary" | "categorical" | "measurement";

export interface WindowPreset {
  label: string;
  center: number;
  width: number;
  function: "LINEAR" | "LINEAR_EXACT" | "SIGMOID";
  /** A VOI LUT: greys in 0..1 at equal steps over the window's width. */
  table?: number[];
}

/** What a frame has of its own. */
export interface FrameInfo {
  channels: 1 | 3;
  slope: number;
  intercept: number;
  /** Stored values from the first to the second are no measurement. */
  padding: [number, number] | null;
  /** The first one is shown at the start; empty for colour. */
  windows: WindowPreset[];
}

/** Where the spacing holds: in the patient, at the detector, after correction by the file's magnification factor, or nobody knows. */
export type SpacingKind = "patient" | "detector" | "corrected" | "unknown";

/** Another image of the same patient in the same project, for comparing: its pixels and what they are, never what was said of it. */
export interface Companion {
  /** An earlier image, the fittest first; or another image of the same study. */
  role: "prior" | "study";
  /** "Prior, 244 days before", "RMLO". */
  label: string;
  image: CaseImage;
}

/**
 * One image. `half_url` and `full_url` answer with little-endian uint16 (grey) or uint8 RGB interleaved (colour), rows * columns
 * (half_rows * half_columns) pixels, under Content-Encoding gzip and immutable caching.
 */
export interface CaseImage extends FrameInfo {
  id: string;
  rows: number;
  columns: number;
  half_rows: number;
  half_columns: number;
  /** Photometric interpretation is MONOCHROME1. */
  inverted: boolean;
  /** Which of its frames the two addresses are of, counted from 0. */
  frame: number;
  /** What each frame that can be shown has of its own; empty for an image of one. Address of another: `?frame=`. */
  frames: FrameInfo[];
  /** How many frames the file holds: more than `frames` where it has too many to keep. */
  frame_count: number;
  /** As DICOM codes them, such as MG, MLO and L; empty where the file does not say. */
  modality: string;
  view: string;
  laterality: string;
  /** What tells it from the other images of its study, such as "LMLO"; empty where nothing does. */
  label: string;
  half_url: string;
  full_url: string;
  alt: string;
  /** Row and column spacing in millimetres. */
  spacing: [number, number] | null;
  spacing_kind: SpacingKind;
  /** Height of a pixel by its width. */
  aspect: number;
  /** Where rows and columns lead to in the patient, such as L and F; null where the file does not say. */
  orientation: [row: string, column: string] | null;
  /** What a value is in: "HU", or "" where it is in no unit. */
  unit: string;
}

/**
 * One question. `map_url` answers with an 8-bit map, row by row, and the headers X-Map-Rows, X-Map-Columns and X-Map-Box
 * "x0 y0 x1 y1" in image pixels. `map_url` and `above` are null while the model is hidden.
 */
export interface CaseFinding {
  slug: string;
  name: string;
  kind: FindingKind;
  options: string[];
  unit: string;
  /** The digit 1 to 9 that selects it. */
  key: number | null;
  map_url: string | null;
  above: boolean | null;
  /** "both": the model abstains on a binary finding. Null while it is hidden, and where it has no set. */
  set: "present" | "absent" | "both" | null;
  /** After a blind read: the answer that the model strongly contradicts, and that asks for a key of its own to stand. */
  against: BinaryValue | null;
}

/** In continuous image pixels, x to the right, y down. A box has two points: top left and bottom right. */
export interface RegionData {
  finding: string;
  kind: "box" | "polygon";
  points: [x: number, y: number][];
  /** The frame it was drawn on, counted from 0; 0 where it is left out. */
  frame?: number;
}

/** A region of a read that is disputed, by the letter that stands for its reader. */
export interface OtherRegion extends RegionData {
  letter: string;
}

/** In continuous image pixels, as regions are. `result`: what stands beside it, as the reader saw it. */
export interface MeasurementData {
  kind: "length" | "angle" | "roi" | "probe";
  points: [x: number, y: number][];
  frame: number;
  result: string;
}

export interface CaseUrls {
  submit: string;
  skip: string;
  propose: string;
  defer: string;
  /** Null where nobody else reads in the project, as is `opinion`. */
  escalate: string | null;
  opinion: string | null;
  worklist: string;
  /** Gives cases back: `{assignments: [...]}`. */
  release: string;
  heartbeat: string;
}

export interface Case {
  assignment: string;
  version: number;
  state: CaseState;
  /** The patient's pseudonym, for messages. */
  pseudonym: string;
  image: CaseImage;
  companions: Companion[];
  findings: CaseFinding[];
  marks: RegionData[];
  measurements: MeasurementData[];
  /** What the readers drew between whom an adjudicator decides; empty for every other case. */
  others: OtherRegion[];
  /** One line under the image, such as the image check's verdict; null while the model is hidden. */
  image_check: string | null;
  /** Names the prediction that is on screen with the case. */
  prediction: string | null;
  urls: CaseUrls;
}

export type BinaryValue = "absent" | "uncertain" | "present";
export const NOT_ASSESSABLE = "not_assessable";

export interface Answer {
  /** BinaryValue, an option, a number in the finding's unit, or "not_assessable". */
  value: string | number;
  /** Given by "confirm the rest", not one by one. */
  bulk?: boolean;
  /** Kept against a model that strongly contradicts it. */
  kept?: boolean;
}

/** POST urls.submit. Repeating a key returns the first read. `known`: tokens of the cases that the page holds prepared. */
export interface SubmitBody {
  key: string;
  version: number;
  answers: Record<string, Answer>;
  regions: RegionData[];
  measurements: MeasurementData[];
  comment: string;
  confidence: "" | "low" | "medium" | "high";
  active_ms: number;
  level: "half" | "full";
  known: string[];
  /** The case's `prediction`. */
  seen: string | null;
}

/** POST urls.defer; answered by a turn. */
export interface DeferBody {
  until: "hour" | "today" | "tomorrow";
  version: number;
}

/** POST urls.escalate, answered by a turn, and urls.opinion, answered by `Confirmation`. */
export interface SendBody {
  /** One of the project's; empty, for an opinion, for any. */
  role: string;
  reason: string;
  version: number;
}

/** What was done, in words for the reader; the case in view stays. */
export interface Confirmation {
  message: string;
}

/** POST urls.skip. */
export interface SkipBody {
  reason: string;
  version: number;
}

/** A case and all that shows it, so that it opens without asking the server. */
export interface Prepared {
  case: Case;
  /** Rendered read/header.html and read/panel.html. */
  header: string;
  panel: string;
  /** This case's page, for the address bar. */
  url: string;
}

/**
 * A case in the reader's hands. `prepared` is null where the page has named its token as known, and while a case is read
 * blind, when nothing of a suggestion may be sent; no token: ask again.
 */
export interface Upcoming {
  token: string;
  assignment: string;
  image: CaseImage;
  /** Rendered read/position.html. */
  position: string;
  /** Its reader has had it in view before: it is not given back when this page is left. */
  begun: boolean;
  prepared: Prepared | null;
}

export interface Saved {
  read: string;
  /** The lease had lapsed; the answer is kept as an extra read. */
  extra: boolean;
  message: string;
  undo_url: string | null;
  undo_seconds: number;
}

/**
 * The answer to submit, skip, defer, escalate and undo: 201 with `saved` after a submit, 200 otherwise. Errors are problem+json: 401
 * when the session is over (as is a redirect, or a 403 without a reason), 422 with `errors` for answers that can be mended,
 * other 4xx for a refusal. After 408, 425, 429, 5xx and silence the page asks again with the same key.
 */
export interface Turn {
  saved?: Saved;
  /** What is said of the case that was left, in words for the reader. */
  told?: string;
  /** What is to be read now (the same case revealed after a blind first read) and what comes after it. */
  upcoming: Upcoming[];
  /** Rendered read/undo.html for the read just stored, or nothing. */
  last: string;
  /** Rendered read/finished.html, shown in place of a case when the queue is finished. It holds the page's h1. */
  finished: string | null;
  /** The worklist's address. */
  url: string;
  /** Set at the end of a case that was opened by itself: the page to go to. */
  leave?: string;
}

export type { Problem } from "../net"; // RFC 9457; `errors` names findings by slug
