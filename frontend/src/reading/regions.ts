/** Arithmetic of boxes and polygons in image pixels. Nothing here knows the screen. */
import { within, type Point, type Size } from "../viewer/geometry";
import type { RegionData } from "./contract";
import { messages } from "./messages";

export interface Bounds {
  readonly x0: number;
  readonly y0: number;
  readonly x1: number;
  readonly y1: number;
}

export function bounds(points: readonly Point[]): Bounds {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  return { x0: Math.min(...xs), y0: Math.min(...ys), x1: Math.max(...xs), y1: Math.max(...ys) };
}

/** A box from any two opposite corners, inside the image. */
export function box(finding: string, a: Point, b: Point, image: Size): RegionData {
  const { x0, y0, x1, y1 } = bounds([inside(a, image), inside(b, image)]);
  return { finding, kind: "box", points: [[x0, y0], [x1, y1]] };
}

export function polygon(finding: string, points: readonly Point[], image: Size): RegionData {
  return { finding, kind: "polygon", points: points.map((point) => inside(point, image)) };
}

/** Six corners around a point: what the keyboard starts a polygon from. */
export function hexagon(finding: string, [x, y]: Point, radius: number, image: Size): RegionData {
  const angles = [0, 1, 2, 3, 4, 5].map((step) => (step * Math.PI) / 3);
  return polygon(finding, angles.map((angle) => [x + radius * Math.cos(angle), y + radius * Math.sin(angle)]), image);
}

/** Shifted as a whole; it stops at the image's edge with its shape kept. */
export function moved(region: RegionData, dx: number, dy: number, image: Size): RegionData {
  const { x0, y0, x1, y1 } = bounds(region.points);
  const [sx, sy] = [within(dx, -x0, image.width - x1), within(dy, -y0, image.height - y1)];
  return { ...region, points: region.points.map(([x, y]) => [x + sx, y + sy]) };
}

/** Two edges of its bounds shifted by the given pixels: those with the larger x and y where `edges` is positive, the others where it is not. Never under one pixel. */
export function resized(region: RegionData, dx: number, dy: number, edges: Point, image: Size): RegionData {
  const { x0, y0, x1, y1 } = bounds(region.points);
  const across = stretch(x0, x1, dx, edges[0], image.width);
  const down = stretch(y0, y1, dy, edges[1], image.height);
  return { ...region, points: region.points.map(([x, y]) => [across(x), down(y)]) };
}

/** Of the span from `low` to `high` one edge moves, the other stays: where every coordinate between goes. */
function stretch(low: number, high: number, by: number, edge: number, size: number): (at: number) => number {
  const [fixed, most] = edge > 0 ? [low, size - low] : [high, high];
  const factor = within(high - low + (edge > 0 ? by : -by), 1, most) / Math.max(high - low, 1);
  return (at) => fixed + (at - fixed) * factor;
}

/** Every corner as drawn: four for a box (clockwise from top left), the polygon's own otherwise. */
export function corners(region: RegionData): Point[] {
  if (region.kind === "polygon") return region.points;
  const { x0, y0, x1, y1 } = bounds(region.points);
  return [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
}

/** One corner dragged elsewhere; a box keeps the opposite one. */
export function reshaped(region: RegionData, corner: number, to: Point, image: Size): RegionData {
  if (region.kind === "box") return { ...region, points: box(region.finding, to, corners(region)[(corner + 2) % 4] ?? to, image).points };
  return { ...region, points: region.points.map((point, index) => (index === corner ? inside(to, image) : point)) };
}

/** Too small to have been meant. */
export function negligible(region: RegionData, smallest: number): boolean {
  const { x0, y0, x1, y1 } = bounds(region.points);
  return x1 - x0 < smallest || y1 - y0 < smallest;
}

export function described(region: RegionData, name: string): string {
  const { x0, y0, x1, y1 } = bounds(region.points);
  const [w, h, x, y] = [Math.round(x1 - x0), Math.round(y1 - y0), Math.round(x0), Math.round(y0)];
  return messages.outline(region.kind, name, [w, h, x, y]);
}

function inside([x, y]: Point, image: Size): [number, number] {
  return [within(x, 0, image.width), within(y, 0, image.height)];
}
