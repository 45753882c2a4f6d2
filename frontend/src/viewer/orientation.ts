/** How an image is turned on screen. Nothing that is stored knows of it: regions stay in image pixels. */
import type { Point, Size } from "./geometry";

type Quarters = 0 | 1 | 2 | 3;

/** First turned clockwise by quarters, then mirrored left to right. */
export interface Orientation {
  readonly quarters: Quarters;
  readonly mirrored: boolean;
}

export const UPRIGHT: Orientation = { quarters: 0, mirrored: false };
const ACROSS: Record<Quarters, Point> = { 0: [1, 0], 1: [0, 1], 2: [-1, 0], 3: [0, -1] };
const DOWN: Record<Quarters, Point> = { 0: [0, 1], 1: [-1, 0], 2: [0, -1], 3: [1, 0] };

/** As it looks after a quarter turn of the screen's picture, clockwise for 1. */
export function turned({ quarters, mirrored }: Orientation, by: 1 | -1): Orientation {
  return { quarters: round(quarters + (mirrored ? -by : by)), mirrored };
}

/** Left and right on screen change places. */
export function mirrored(orientation: Orientation): Orientation {
  return { ...orientation, mirrored: !orientation.mirrored };
}

/** Top and bottom on screen change places. */
export function flipped({ quarters, mirrored }: Orientation): Orientation {
  return { quarters: round(quarters + 2), mirrored: !mirrored };
}

/** Which way on screen a step to the right in the image goes, and which way a step down. */
export function axes({ quarters, mirrored }: Orientation): readonly [across: Point, down: Point] {
  const seen = ([x, y]: Point): Point => [mirrored ? 0 - x : x, y];
  return [seen(ACROSS[quarters]), seen(DOWN[quarters])];
}

/** A direction on screen as one in the image. */
export function inImage(orientation: Orientation, [x, y]: Point): Point {
  const [across, down] = axes(orientation);
  return [across[0] * x + across[1] * y, down[0] * x + down[1] * y];
}

/** What lies towards each edge of the screen, in the letters of DICOM's Patient Orientation: L, R, A, P, H, F. */
export type Edges = Readonly<Record<"left" | "top" | "right" | "bottom", string>>;

const OPPOSITE: Readonly<Record<string, string>> = { L: "R", R: "L", A: "P", P: "A", H: "F", F: "H" };

/** The letters at the edges of an image whose rows and columns lead to `row` and `column`. */
export function edges([row, column]: readonly [string, string], orientation: Orientation): Edges {
  const [across, down] = axes(orientation);
  const [toRight, toBottom] = [towards([1, 0]), towards([0, 1])];
  return { left: opposite(toRight), right: toRight, top: opposite(toBottom), bottom: toBottom };

  function towards([x, y]: Point): string {
    const along = across[0] * x + across[1] * y; // 1, -1, or 0 where columns lead there
    if (along) return along > 0 ? row : opposite(row);
    return down[0] * x + down[1] * y > 0 ? column : opposite(column);
  }
}

function opposite(letters: string): string {
  return [...letters].map((letter) => OPPOSITE[letter] ?? letter).join("");
}

/** Width and height as they lie on screen. */
export function laid({ width, height }: Size, { quarters }: Orientation): Size {
  return quarters % 2 ? { width: height, height: width } : { width, height };
}

export function isUpright({ quarters, mirrored }: Orientation): boolean {
  return quarters === 0 && !mirrored;
}

function round(quarters: number): Quarters {
  return ((quarters + 4) % 4) as Quarters;
}
