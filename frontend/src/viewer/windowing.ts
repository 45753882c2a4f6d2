/** VOI windows, DICOM PS3.3 C.11.2.1.2 and C.11.2.1.3. Centre and width are in modality units (after slope and intercept). */
import { gettext } from "../i18n";

export type WindowFunction = "LINEAR" | "LINEAR_EXACT" | "SIGMOID";

export interface Windowing {
  readonly center: number;
  readonly width: number;
  readonly function: WindowFunction;
  /** A VOI LUT: greys in 0..1 at equal steps from center - width / 2 to center + width / 2. It stands in for the line. */
  readonly table?: Table;
}

/** The lowest and the highest stored value that is no measurement. */
export type Padding = readonly [number, number] | null;

/** Two greys or more. */
export type Table = readonly number[];

/** grey = clamp(gain * stored + offset), or the logistic function of that, or the table's entry at that share; in 0..1. */
export interface Ramp {
  readonly gain: number;
  readonly offset: number;
  readonly sigmoid: boolean;
  readonly table: Table | null;
}

export const IDENTITY_8_BIT: Ramp = { gain: 1 / 255, offset: 0, sigmoid: false, table: null };
const NARROWEST = 1e-6;

/** The window and the modality's slope and intercept in one step, so that the shader needs one multiplication. */
export function ramp(window: Windowing, slope: number, intercept: number): Ramp {
  const { center, width } = window;
  switch (window.function) {
    case "SIGMOID": {
      const steepness = 4 / Math.max(width, NARROWEST);
      return { gain: steepness * slope, offset: steepness * (intercept - center), sigmoid: true, table: null };
    }
    case "LINEAR_EXACT": {
      const span = Math.max(width, NARROWEST);
      return { gain: slope / span, offset: (intercept - center) / span + 0.5, sigmoid: false, table: window.table ?? null };
    }
    case "LINEAR": {
      const span = Math.max(width - 1, NARROWEST);
      return { gain: slope / span, offset: (intercept - center + 0.5) / span + 0.5, sigmoid: false, table: null };
    }
  }
}

/** What the shader computes, for a stored value: 0 (black) to 1 (white), before any inversion. */
export function grey({ gain, offset, sigmoid, table }: Ramp, stored: number): number {
  const value = gain * stored + offset;
  if (sigmoid) return 1 / (1 + Math.exp(-value));
  const share = Math.min(Math.max(value, 0), 1);
  return table ? entry(table, share) : share;
}

function entry(table: Table, share: number): number {
  const at = share * (table.length - 1);
  const [low, high] = [table[Math.floor(at)] ?? 0, table[Math.ceil(at)] ?? 0];
  return low + (high - low) * (at - Math.floor(at));
}

/** A drag of (dx, dy) CSS pixels: to the right widens the window or stretches its table, upwards lowers its centre (a brighter image). */
export function dragged(window: Windowing, dx: number, dy: number): Windowing {
  const width = Math.max(1, window.width * 2 ** (dx / 200));
  return { ...window, width, center: window.center + (dy * window.width) / 400 };
}

/** The other image's window that differs from its `other` first one as `now` does from `first`. */
export function likewise(now: Windowing, first: Windowing, other: Windowing): Windowing {
  if (now.center === first.center && now.width === first.width) return other;
  const ratio = other.width / first.width;
  const table = now.table && other.table ? { table: other.table } : {};
  return { center: other.center + (now.center - first.center) * ratio, width: now.width * ratio, function: now.function, ...table };
}

/** The same window, whatever it is called. */
export function isSame(one: Windowing, other: Windowing): boolean {
  const alike = one.center === other.center && one.width === other.width && one.function === other.function;
  return alike && one.table?.join() === other.table?.join();
}

export function windowText({ center, width, function: shape, table }: Windowing): string {
  const values = { width: round(width), level: round(center) };
  if (table) return gettext("W %(width)s L %(level)s table", values);
  return shape === "SIGMOID" ? gettext("W %(width)s L %(level)s sigmoid", values) : gettext("W %(width)s L %(level)s", values);
}

function round(value: number): string {
  return Math.abs(value) < 10 ? value.toFixed(1) : value.toFixed(0);
}
