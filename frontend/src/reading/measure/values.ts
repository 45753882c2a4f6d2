/** Modality values under a point or inside an ellipse, from the stored pixels of the full level. */
import type { Point } from "../../viewer/geometry";
import type { Pixels } from "../../viewer/textures";
import type { Padding } from "../../viewer/windowing";

/** value = stored * slope + intercept, but for padding, which is no measurement. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  readonly padding: Padding;
}

/** Of one channel. `deviation` is the population's. */
export interface Statistics {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/** One value a channel, "padding" where nothing was measured, or null outside the image. */
export function valuesAt(pixels: Pixels, { slope, intercept, padding }: Line, [x, y]: Point): number[] | "padding" | null {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= pixels.width || row >= pixels.height) return null;
  const start = (row * pixels.width + column) * pixels.channels;
  const stored = [...pixels.data.subarray(start, start + pixels.channels)];
  if (isPadding(stored[0] ?? 0, padding)) return "padding";
  return stored.map((each) => each * slope + intercept);
}

function isPadding(stored: number, padding: Padding): boolean {
  return padding !== null && stored >= padding[0] && stored <= padding[1];
}

/**
 * Over the pixels whose centre lies in the ellipse between two corners, without padding: how many they are, and one entry a channel;
 * none where no centre does.
 */
export function ellipse(pixels: Pixels, line: Line, a: Point, b: Point): { readonly count: number; readonly channels: Statistics[] } {
  const spans = measured(pixels, line.padding, rows(pixels, a, b));
  const count = spans.reduce((sum, [, from, to]) => sum + to - from, 0);
  const each = Array.from({ length: pixels.channels }, (_, channel) => statistics(pixels, line, spans, channel, count));
  return { count, channels: count ? each : [] };
}

type Span = readonly [row: number, from: number, to: number];

/** For each row the columns from `from` up to but not `to`. */
function rows({ width, height }: Pixels, [ax, ay]: Point, [bx, by]: Point): Span[] {
  const [cx, cy, rx, ry] = [(ax + bx) / 2, (ay + by) / 2, Math.abs(bx - ax) / 2, Math.abs(by - ay) / 2];
  const spans: Span[] = [];
  for (let row = Math.max(0, Math.floor(cy - ry)); row < Math.min(height, cy + ry); row++) {
    const rest = 1 - ((row + 0.5 - cy) / ry) ** 2;
    const half = rest > 0 ? rx * Math.sqrt(rest) : -1;
    const [from, to] = [Math.max(0, Math.ceil(cx - half - 0.5)), Math.min(width, Math.floor(cx + half - 0.5) + 1)];
    if (to > from) spans.push([row, from, to]);
  }
  return spans;
}

/** The parts of these spans that are no padding. */
function measured({ data, width, channels }: Pixels, padding: Padding, spans: readonly Span[]): readonly Span[] {
  if (!padding) return spans;
  const kept: Span[] = [];
  for (const [row, from, to] of spans) {
    let start = from;
    for (let column = from; column <= to; column++) {
      if (column < to && !isPadding(data[(row * width + column) * channels] ?? 0, padding)) continue;
      if (column > start) kept.push([row, start, column]);
      start = column + 1;
    }
  }
  return kept;
}

function statistics({ data, width, channels }: Pixels, { slope, intercept }: Line, spans: readonly Span[], channel: number, count: number): Statistics {
  const base = data[((spans[0]?.[0] ?? 0) * width + (spans[0]?.[1] ?? 0)) * channels + channel] ?? 0; // near the mean, so that squares stay small
  let [sum, squares, low, high] = [0, 0, Infinity, -Infinity];
  for (const [row, from, to] of spans) {
    for (let column = from; column < to; column++) {
      const stored = data[(row * width + column) * channels + channel] ?? 0;
      sum += stored - base;
      squares += (stored - base) ** 2;
      low = Math.min(low, stored);
      high = Math.max(high, stored);
    }
  }
  const mean = sum / count;
  const ends = [low * slope + intercept, high * slope + intercept];
  return {
    mean: (mean + base) * slope + intercept,
    deviation: Math.sqrt(Math.max(squares / count - mean * mean, 0)) * Math.abs(slope),
    least: Math.min(...ends),
    most: Math.max(...ends),
  };
}
