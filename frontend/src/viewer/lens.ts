/** The magnifier: a square of the canvas around a point, and where the image lies in it. Device pixels. */
import { enlarged, type Placement, type Point, type Size } from "./geometry";

export interface Lens {
  readonly left: number;
  readonly top: number;
  readonly side: number;
  readonly place: Placement;
}

const FACTOR = 2.5; // and never smaller than pixel by pixel
const SIDE = 220; // CSS pixels
const SHARE = 0.45; // of a small canvas

/** Its middle shows the image point that it lies on. `ratio`: device pixels per CSS pixel. */
export function lensAt(at: Point, place: Placement, canvas: Size, ratio: number): Lens {
  const side = Math.round(Math.min(SIDE * ratio, SHARE * Math.min(canvas.width, canvas.height)));
  const [left, top] = [Math.round(at[0] - side / 2), Math.round(at[1] - side / 2)];
  return { left, top, side, place: enlarged(place, Math.max(FACTOR, 1 / place.scale), at) };
}
