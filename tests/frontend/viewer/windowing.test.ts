import { describe, expect, it } from "vitest";
import { dragged, grey, ramp, type Windowing } from "../../../frontend/src/viewer/windowing";

const shade = (window: Windowing, value: number, slope = 1, intercept = 0): number => grey(ramp(window, slope, intercept), value);

describe("DICOM PS3.3 C.11.2.1.2", () => {
  const linear: Windowing = { center: 2048, width: 4096, function: "LINEAR" };

  it("LINEAR maps the note's own example: c=2048, w=4096 covers 0..4095", () => {
    expect(shade(linear, 0)).toBeCloseTo(0);
    expect(shade(linear, 4095)).toBeCloseTo(1);
  });

  it("LINEAR_EXACT maps c to the middle and c ± w/2 to the ends", () => {
    const exact: Windowing = { center: 50, width: 400, function: "LINEAR_EXACT" };
    expect([-150, 50, 250].map((value) => shade(exact, value))).toEqual([0, 0.5, 1]);
  });

  it("SIGMOID is the logistic of 4 (x - c) / w", () => {
    const sigmoid: Windowing = { center: 100, width: 200, function: "SIGMOID" };
    expect(shade(sigmoid, 150)).toBeCloseTo(1 / (1 + Math.exp(-1)));
  });

  it("is given in modality units", () => {
    const lung: Windowing = { center: -600, width: 1500, function: "LINEAR_EXACT" };
    expect(shade(lung, 424, 1, -1024)).toBe(0.5);
  });

  it("a table stands in for the line and is stretched with the window", () => {
    const lut: Windowing = { center: 100, width: 200, function: "LINEAR_EXACT", table: [0, 0.9, 1] };
    expect([-50, 50, 100, 150, 900].map((value) => shade(lut, value))).toEqual([0, 0.45, 0.9, 0.95, 1]);
    expect(shade(dragged(lut, 200, 0), 200)).toBeCloseTo(0.95);
  });

  it("a width of one is a step", () => {
    const step: Windowing = { center: 100, width: 1, function: "LINEAR" };
    expect([99, 100].map((value) => shade(step, value))).toEqual([0, 1]);
  });
});

it("dragging right widens, dragging up brightens, and no window gets narrower than one", () => {
  const window: Windowing = { center: 100, width: 200, function: "LINEAR" };
  expect(dragged(window, 200, 0).width).toBe(400);
  expect(shade(dragged(window, 0, -20), 100)).toBeGreaterThan(shade(window, 100));
  expect(dragged(window, -1e4, 0).width).toBe(1);
});
