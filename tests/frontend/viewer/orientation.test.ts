import { expect, it } from "vitest";
import { placement, toCanvas, toImage, type Point } from "../../../frontend/src/viewer/geometry";
import { edges, flipped, inImage, laid, mirrored, turned, UPRIGHT, type Orientation } from "../../../frontend/src/viewer/orientation";

const image = { width: 30, height: 20, aspect: 1 };
const view = { scale: 2, x: 5, y: 7 };
const corner = (orientation: Orientation, point: Point = [0, 0]): Point => toCanvas(placement(view, image, orientation), point);
const right = (orientation: Orientation): Orientation => turned(orientation, 1);

it("turned right, the top left corner is seen at the top right", () => {
  expect(corner(right(UPRIGHT))).toEqual([5 + 40, 7]);
  expect(laid(image, right(UPRIGHT))).toEqual({ width: 20, height: 30 });
});

it("four turns, two mirrorings and two flips leave it as it was", () => {
  expect(right(right(right(right(UPRIGHT))))).toEqual(UPRIGHT);
  expect(mirrored(mirrored(UPRIGHT))).toEqual(UPRIGHT);
  expect(flipped(flipped(right(UPRIGHT)))).toEqual(right(UPRIGHT));
  expect(turned(turned(mirrored(UPRIGHT), 1), -1)).toEqual(mirrored(UPRIGHT));
});

it("what is turned or flipped is the picture on screen, however it lies", () => {
  expect(corner(mirrored(UPRIGHT))).toEqual([5 + 60, 7]);
  expect(corner(right(mirrored(UPRIGHT)))).toEqual([5 + 40, 7 + 60]);
  expect(corner(flipped(right(UPRIGHT)))).toEqual([5 + 40, 7 + 60]);
  expect(corner(flipped(UPRIGHT))).toEqual([5, 7 + 40]);
});

it("every point of the image comes back, in all eight orientations", () => {
  const all = [0, 1, 2, 3].flatMap((quarters) => [true, false].map((mirrored) => ({ quarters, mirrored }) as Orientation));
  for (const orientation of all) {
    for (const aspect of [1, 2.5, 0.4]) {
      const place = placement(view, { ...image, aspect }, orientation);
      const [x, y] = toImage(place, toCanvas(place, [11, 3]));
      expect([x, y]).toEqual([expect.closeTo(11), expect.closeTo(3)]);
    }
  }
});

it("a step to the right on screen goes up in an image that is turned right", () => {
  expect(inImage(right(UPRIGHT), [1, 0])).toEqual([0, -1]);
  expect(inImage(mirrored(UPRIGHT), [1, 0])).toEqual([-1, 0]);
});

it("the letters at the edges turn with the image", () => {
  const film = ["L", "F"] as const;
  expect(edges(film, UPRIGHT)).toEqual({ left: "R", right: "L", top: "H", bottom: "F" });
  expect(edges(["R", "F"], UPRIGHT)).toEqual({ left: "L", right: "R", top: "H", bottom: "F" });
  expect(edges(film, right(UPRIGHT))).toEqual({ left: "F", right: "H", top: "R", bottom: "L" });
  expect(edges(film, mirrored(UPRIGHT))).toEqual({ left: "L", right: "R", top: "H", bottom: "F" });
  expect(edges(["AL", "FP"], UPRIGHT)).toEqual({ left: "PR", right: "AL", top: "HA", bottom: "FP" });
});
