import { expect, it } from "vitest";
import { bounds, box, corners, described, hexagon, moved, negligible, reshaped, resized } from "../../../frontend/src/reading/regions";

const image = { width: 200, height: 100 };
const sample = box("nodule", [50, 40], [20, 10], image);

it("a box has its top left and bottom right corner, inside the image", () => {
  expect(sample.points).toEqual([[20, 10], [50, 40]]);
  expect(box("nodule", [-5, -5], [900, 900], image).points).toEqual([[0, 0], [200, 100]]);
});

it("moving keeps the shape at the edge", () => {
  expect(moved(sample, -1000, 5, image).points).toEqual([[0, 15], [30, 45]]);
});

it("resizing keeps the top left corner and at least a pixel", () => {
  expect(resized(sample, 10, -5, [1, 1], image).points).toEqual([[20, 10], [60, 35]]);
  expect(bounds(resized(sample, -999, -999, [1, 1], image).points)).toEqual({ x0: 20, y0: 10, x1: 21, y1: 11 });
});

it("on a turned image other edges are the right and the lower one", () => {
  expect(resized(sample, -5, 10, [-1, 1], image).points).toEqual([[15, 10], [50, 50]]);
  expect(bounds(resized(sample, 999, 0, [-1, 1], image).points)).toEqual({ x0: 49, y0: 10, x1: 50, y1: 40 });
});

it("a polygon grows as a whole", () => {
  const grown = resized(hexagon("nodule", [100, 50], 20, image), 40, 0, [1, 1], image);
  expect(bounds(grown.points).x1 - bounds(grown.points).x0).toBeCloseTo(80);
});

it("dragging a corner of a box keeps the opposite one", () => {
  expect(reshaped(sample, 0, [5, 5], image).points).toEqual([[5, 5], [50, 40]]);
  expect(corners(reshaped(sample, 1, [90, 5], image))[3]).toEqual([20, 40]);
});

it("a slip of the hand is no region", () => {
  expect(negligible(box("nodule", [20, 10], [22, 60], image), 4)).toBe(true);
});

it("says what and where it is", () => {
  expect(described(sample, "Nodule")).toBe("Box for Nodule: 30 by 30 pixels, 20 from the left, 10 from the top");
});
