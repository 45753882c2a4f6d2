/** From image pixels to millimetres, where the file says how large a pixel is. */
import type { Point } from "../../viewer/geometry";

/** Millimetres from row to row and from column to column; null where the file says nothing. */
export type Spacing = readonly [row: number, column: number] | null;

/** In millimetres; in widths of a pixel where the spacing is unknown. */
export function lengthOf(a: Point, b: Point, spacing: Spacing, aspect: number): number {
  return Math.hypot(...arm(a, b, spacing, aspect));
}

/** Degrees between the arms from a vertex, 0 to 180; NaN where an arm has no length. */
export function angleOf(a: Point, vertex: Point, b: Point, spacing: Spacing, aspect: number): number {
  const p = arm(vertex, a, spacing, aspect);
  const q = arm(vertex, b, spacing, aspect);
  const cosine = (p[0] * q[0] + p[1] * q[1]) / (Math.hypot(...p) * Math.hypot(...q));
  return (Math.acos(Math.min(Math.max(cosine, -1), 1)) * 180) / Math.PI;
}

/** What one pixel covers, in square millimetres or as 1. */
export function pixelArea(spacing: Spacing): number {
  return spacing ? spacing[0] * spacing[1] : 1;
}

function arm([x0, y0]: Point, [x1, y1]: Point, spacing: Spacing, aspect: number): [number, number] {
  const [row, column] = spacing ?? [aspect, 1];
  return [(x1 - x0) * column, (y1 - y0) * row];
}
