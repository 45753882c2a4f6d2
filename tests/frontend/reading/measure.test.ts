import { expect, it } from "vitest";
import { linesOf, readout, spokenOf } from "../../../frontend/src/reading/measure/label";
import { measure, moved, placed, reshaped } from "../../../frontend/src/reading/measure/measure";
import { angleOf, lengthOf } from "../../../frontend/src/reading/measure/spacing";
import type { Subject } from "../../../frontend/src/reading/measure/subject";
import { ellipse, valuesAt } from "../../../frontend/src/reading/measure/values";

const image = { width: 8, height: 6 };
const data = Uint16Array.from({ length: 48 }, (_, index) => 1000 + index);
const pixels = { ...image, channels: 1, data } as const;
const subject: Subject = { slope: 1, intercept: -1024, spacing: [0.5, 0.2], spacingKind: "patient", aspect: 2.5, padding: null, unit: "HU", pixels: () => pixels };

it("a length knows that pixels may be taller than wide", () => {
  expect(lengthOf([0, 0], [3, 4], [0.5, 0.2], 2.5)).toBeCloseTo(Math.hypot(0.6, 2));
  expect(lengthOf([0, 0], [3, 4], null, 1)).toBe(5);
});

it("an angle is the one in the body, not the one on the pixels", () => {
  expect(angleOf([1, 0], [0, 0], [0, 1], [0.5, 0.2], 2.5)).toBeCloseTo(90);
  expect(angleOf([1, 0], [0, 0], [1, 1], [2, 1], 2)).toBeCloseTo(63.43);
  expect(angleOf([1, 0], [0, 0], [1, 1], null, 2)).toBeCloseTo(63.43);
  expect(angleOf([0, 0], [0, 0], [1, 1], null, 1)).toBeNaN();
});

it("a value is in modality units and of the pixel that holds the point", () => {
  expect(valuesAt(pixels, subject, [2.9, 1.1])).toEqual([1010 - 1024]);
  expect(valuesAt(pixels, subject, [8, 1])).toBeNull();
  expect(readout([2.9, 1.1], subject)).toBe("x 2, y 1: −14 HU");
});

it("an ellipse counts the pixels whose centre it holds", () => {
  const { count, channels } = ellipse(pixels, { slope: 2, intercept: 0, padding: null }, [2, 1], [6, 5]);
  expect(count).toBe(12);
  expect(channels).toEqual([{ mean: 2 * 1023.5, deviation: expect.closeTo(2 * Math.sqrt(715 / 12)), least: 2 * 1011, most: 2 * 1036 }]);
  expect(ellipse(pixels, subject, [2, 1], [2, 1])).toEqual({ count: 0, channels: [] });
});

it("colour has three of everything", () => {
  const rgb = { width: 2, height: 1, channels: 3, data: new Uint8Array([1, 2, 3, 5, 6, 7]) } as const;
  const colour = { ...subject, intercept: 0, unit: "", pixels: () => rgb };
  expect(readout([1, 0], colour)).toBe("x 1, y 0: R 5, G 6, B 7");
  expect(ellipse(rgb, colour, [0, 0], [2, 1]).channels.map(({ mean }) => mean)).toEqual([3, 4, 5]);
});

it("a length says in which plane it holds, one without spacing is in pixels", () => {
  const length = measure("length", [[0, 0], [5, 0]], image);
  const of = (spacingKind: Subject["spacingKind"]): Subject => ({ ...subject, spacingKind });
  expect(linesOf(length, subject)).toEqual(["1 mm"]);
  expect(spokenOf(length, subject)).toBe("Length: 1 mm");
  expect(linesOf(length, of("detector"))).toEqual(["1 mm at the detector"]);
  expect(spokenOf(length, of("detector"))).toBe("Length: 1 mm at the detector. Lengths at the detector, not corrected for magnification");
  expect(linesOf(length, of("corrected"))).toEqual(["1 mm, corrected"]);
  expect(spokenOf(length, of("unknown"))).toBe("Length: 1 mm, plane unknown. The file does not say whether lengths hold at the detector or in the patient");
  expect(spokenOf(length, { ...subject, spacing: null, aspect: 1 })).toBe("Length: 5 px. No pixel spacing: length in pixels");
});

it("padding is no value", () => {
  const padded = { ...subject, padding: [1010, 1011] as const };
  expect(readout([2.9, 1.1], padded)).toBe("x 2, y 1: no measurement here (padding)");
  const { count, channels } = ellipse(pixels, { ...padded, slope: 1, intercept: 0 }, [0, 0], [8, 6]);
  const whole = ellipse(pixels, { ...subject, slope: 1, intercept: 0 }, [0, 0], [8, 6]);
  expect(count).toBe(whole.count - 2);
  expect(channels[0]?.least).toBe(whole.channels[0]?.least);
  expect(ellipse(pixels, { ...padded, padding: [0, 65535] }, [0, 0], [8, 6])).toEqual({ count: 0, channels: [] });
});

it("what needs values waits for the full resolution", () => {
  const waiting = { ...subject, pixels: () => null };
  expect(linesOf(measure("roi", [[0, 0], [4, 4]], image), waiting)).toEqual(["Values follow with the full resolution"]);
  expect(readout([1, 1], waiting)).toBe("Values follow with the full resolution");
});

it("a measure stays inside the image", () => {
  expect(placed("length", [4, 3], [9, 0], image).points).toEqual([[0, 3], [8, 3]]);
  expect(moved(measure("length", [[1, 1], [3, 1]], image), -5, 9, image).points).toEqual([[0, 6], [2, 6]]);
  expect(reshaped(measure("probe", [[1, 1]], image), 0, [99, -1], image).points).toEqual([[8, 0]]);
});
