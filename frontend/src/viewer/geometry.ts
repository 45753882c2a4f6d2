/** Where an image lies on the canvas. Image coordinates are continuous: pixel (row i, column j) covers x in [j, j+1), y in [i, i+1). */

export type Point = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** canvas = image * scale + (x, y), in device pixels from the canvas's top left corner. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

const LARGEST_SCALE = 32;

/** The whole image, as large as the canvas allows, in its middle or towards its left (-1) or right (1) edge. */
export function fit(image: Size, canvas: Size, align = 0): View {
  const scale = Math.min(canvas.width / image.width, canvas.height / image.height);
  return { scale, x: ((canvas.width - image.width * scale) * (1 + align)) / 2, y: (canvas.height - image.height * scale) / 2 };
}

/** Zoom by a factor and keep the image point under `at` (canvas pixels) where it is. Never below half the fitted size. */
export function zoom(view: View, factor: number, at: Point, image: Size, canvas: Size): View {
  const smallest = fit(image, canvas).scale / 2;
  const scale = Math.min(Math.max(view.scale * factor, smallest), Math.max(LARGEST_SCALE, smallest));
  const ratio = scale / view.scale;
  return { scale, x: at[0] - (at[0] - view.x) * ratio, y: at[1] - (at[1] - view.y) * ratio };
}

/** Shift by canvas pixels; the middle of the canvas never leaves the image. */
export function pan(view: View, dx: number, dy: number, image: Size, canvas: Size): View {
  const x = within(view.x + dx, canvas.width / 2 - image.width * view.scale, canvas.width / 2);
  const y = within(view.y + dy, canvas.height / 2 - image.height * view.scale, canvas.height / 2);
  return { scale: view.scale, x, y };
}

/** The same view after the canvas changed its size: what was in the middle stays in the middle. */
export function recentre(view: View, before: Size, after: Size): View {
  return { scale: view.scale, x: view.x + (after.width - before.width) / 2, y: view.y + (after.height - before.height) / 2 };
}

export function toImage(view: View, [x, y]: Point): Point {
  return [(x - view.x) / view.scale, (y - view.y) / view.scale];
}

export function toCanvas(view: View, [x, y]: Point): Point {
  return [x * view.scale + view.x, y * view.scale + view.y];
}

export function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
