/** What a reader measures on an image, as points in image pixels. They are stored with the read. */
import { within, type Point, type Size } from "../../viewer/geometry";

/** A length has two ends, an angle a vertex between two, an ROI (an ellipse) two opposite corners of its box, a probe one point. */
export type MeasureKind = "length" | "angle" | "roi" | "probe";

export interface Measure {
  readonly kind: MeasureKind;
  readonly points: readonly Point[];
}

export const POINTS: Readonly<Record<MeasureKind, number>> = { length: 2, angle: 3, roi: 2, probe: 1 };

/** From the points that are there so far; the last one stands for those still to come. */
export function measure(kind: MeasureKind, points: readonly Point[], image: Size): Measure {
  const whole = Array.from({ length: POINTS[kind] }, (_, index) => points[index] ?? points.at(-1) ?? ([0, 0] as const));
  return { kind, points: whole.map((point) => inside(point, image)) };
}

/** One around a point, for hands without a pointer: level on screen, as long as `reach` (a step across the screen) says. */
export function placed(kind: MeasureKind, [x, y]: Point, [rx, ry]: Point, image: Size): Measure {
  const ends: Record<MeasureKind, Point[]> = {
    length: [[x - rx, y - ry], [x + rx, y + ry]],
    angle: [[x + rx, y + ry], [x - rx, y - ry], [x + rx + ry, y + ry - rx]],
    roi: [[x - rx + ry, y - ry - rx], [x + rx - ry, y + ry + rx]],
    probe: [[x, y]],
  };
  return measure(kind, ends[kind], image);
}

/** Shifted as a whole; it stops at the image's edge with its shape kept. */
export function moved({ kind, points }: Measure, dx: number, dy: number, image: Size): Measure {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const sx = within(dx, -Math.min(...xs), image.width - Math.max(...xs));
  const sy = within(dy, -Math.min(...ys), image.height - Math.max(...ys));
  return { kind, points: points.map(([x, y]) => [x + sx, y + sy]) };
}

/** One of its points elsewhere. */
export function reshaped({ kind, points }: Measure, index: number, to: Point, image: Size): Measure {
  return { kind, points: points.map((point, each) => (each === index ? inside(to, image) : point)) };
}

/** Its last point shifted. */
export function stretched(each: Measure, dx: number, dy: number, image: Size): Measure {
  const [x, y] = each.points.at(-1) ?? [0, 0];
  return reshaped(each, each.points.length - 1, [x + dx, y + dy], image);
}

function inside([x, y]: Point, image: Size): Point {
  return [within(x, 0, image.width), within(y, 0, image.height)];
}
