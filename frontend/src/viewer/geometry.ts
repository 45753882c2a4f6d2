/** Where an image lies on the canvas. Image coordinates are continuous: pixel (row i, column j) covers x in [j, j+1), y in [i, i+1). */
import { axes, laid, type Orientation } from "./orientation";

export type Point = readonly [x: number, y: number];

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An image whose pixels may be taller than wide, or wider: `aspect` is their height by their width. */
export interface Raster extends Size {
  readonly aspect: number;
}

/** The image as it lies, turned or not: how large, and where its top left corner on screen is, in device pixels of the canvas. */
export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

/**
 * canvas = (across * x + down * y) * scale + origin, for a point (x, y) of the image. The shorter side of a pixel has length 1, so
 * that no detail is lost, and `across` and `down` are as long as a pixel is wide and tall.
 */
export interface Placement {
  readonly scale: number;
  readonly across: Point;
  readonly down: Point;
  readonly origin: Point;
}

const LARGEST_SCALE = 32;

/** Width and height of a pixel, of which the shorter is 1. */
export function pixelSides({ aspect }: Raster): Point {
  return aspect < 1 ? [1 / aspect, 1] : [1, aspect];
}

/** The size of an image with its pixels in their true shape. */
export function shapeOf(image: Raster): Size {
  const [wide, tall] = pixelSides(image);
  return { width: image.width * wide, height: image.height * tall };
}

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

/** Where every point of an image goes that is turned so and seen so. */
export function placement(view: View, image: Raster, orientation: Orientation): Placement {
  const [across, down] = axes(orientation);
  const [wide, tall] = pixelSides(image);
  const { width, height } = laid(shapeOf(image), orientation);
  const left = across[0] + down[0] < 0 ? width * view.scale : 0; // the image's first corner may lie at any of the four
  const top = across[1] + down[1] < 0 ? height * view.scale : 0;
  return { scale: view.scale, across: times(across, wide), down: times(down, tall), origin: [view.x + left, view.y + top] };
}

export function toImage(place: Placement, [x, y]: Point): Point {
  const { scale, origin } = place;
  const [dx, dy] = [(x - origin[0]) / scale, (y - origin[1]) / scale];
  const { across, down } = undone(place);
  return [across[0] * dx + across[1] * dy, down[0] * dx + down[1] * dy];
}

/** What takes a turn back: across and down stand at right angles, so each is divided by the square of its length. */
export function undone({ across, down }: Placement): Readonly<Record<"across" | "down", Point>> {
  return { across: times(across, 1 / squared(across)), down: times(down, 1 / squared(down)) };
}

function squared([x, y]: Point): number {
  return x * x + y * y;
}

function times([x, y]: Point, factor: number): Point {
  return [x * factor, y * factor];
}

export function toCanvas({ scale, across, down, origin }: Placement, [x, y]: Point): Point {
  return [(across[0] * x + down[0] * y) * scale + origin[0], (across[1] * x + down[1] * y) * scale + origin[1]];
}

/** The same on a canvas `ratio` times as fine. */
export function scaled({ scale, across, down, origin }: Placement, ratio: number): Placement {
  return { scale: scale * ratio, across, down, origin: [origin[0] * ratio, origin[1] * ratio] };
}

/** Larger by `factor` about a point of the canvas. */
export function enlarged({ scale, across, down, origin }: Placement, factor: number, [x, y]: Point): Placement {
  return { scale: scale * factor, across, down, origin: [x - (x - origin[0]) * factor, y - (y - origin[1]) * factor] };
}

export function within(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
