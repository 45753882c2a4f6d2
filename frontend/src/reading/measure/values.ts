/** Modality values under a point or inside an ellipse, from the stored pixels of the full level. */
import type { Point } from "../../viewer/geometry";
import type { Pixels } from "../../viewer/textures";

/** value = stored * slope + intercept. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/** Of one channel. `deviation` is the population's. */
export interface Statistics {
  readonly mean: number;
  readonly deviation: number;
  readonly least: number;
  readonly most: number;
}

/** One value a channel, or null outside the image. */
export function valuesAt(pixels: Pixels, { slope, intercept }: Line, [x, y]: Point): number[] | null {
  const [column, row] = [Math.floor(x), Math.floor(y)];
  if (column < 0 || row < 0 || column >= pixels.width || row >= pixels.height) return null;
  const start = (row * pixels.width + column) * pixels.channels;
  return [...pixels.data.subarray(start, start + pixels.channels)].map((stored) => stored * slope + intercept);
}

/** Over the pixels whose centre lies in the ellipse between two corners: how many they are, and one entry a channel; none where no centre does. */
export function ellipse(pixels: Pixels, line: Line, a: Point, b: Point): { readonly count: number; readonly channels: Statistics[] } {
  const spans = rows(pixels, a, b);
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
