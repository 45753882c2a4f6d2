import { expect, it } from "vitest";
import { Clock } from "../../../frontend/src/reading/clock";

it("counts while the reader is active", () => {
  const clock = new Clock(0);
  clock.touch(4_000);
  expect(clock.elapsed(9_000)).toBe(9_000);
});

it("stands still a minute after the last sign of life", () => {
  const clock = new Clock(0);
  clock.touch(10_000);
  expect(clock.elapsed(600_000)).toBe(70_000);
  clock.touch(600_000);
  expect(clock.elapsed(601_000)).toBe(71_000);
});

it("stands still while the tab is hidden", () => {
  const clock = new Clock(0);
  clock.show(false, 5_000);
  clock.show(true, 50_000);
  expect(clock.elapsed(51_000)).toBe(6_000);
});
