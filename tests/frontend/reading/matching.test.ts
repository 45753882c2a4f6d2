import { expect, it } from "vitest";
import { folded, matching } from "../../../frontend/src/reading/matching";

const NAMES = ["Pleural effusion", "Pleural thickening", "Œdème interstitiel", "Nodule or mass", "Pneumothorax"];
const found = (typed: string): string[] => matching(NAMES, typed).map((index) => NAMES[index] ?? "");

it("takes words in any order", () => {
  expect(found("thick pleu")).toEqual(["Pleural thickening"]);
  expect(found("mass nod")).toEqual(["Nodule or mass"]);
});

it("knows neither case nor diacritics", () => {
  expect(folded("ŒDÈME")).toBe("oedeme");
  expect(found("oede")).toEqual(["Œdème interstitiel"]);
});

it("lists what begins with the letters before what holds them", () => {
  expect(matching(["Synpneumonic", "Pneumonia"], "pneu")).toEqual([1, 0]);
});

it("lists all while nothing is typed and nothing where nothing fits", () => {
  expect(found(" ")).toEqual(NAMES);
  expect(found("scoliosis")).toEqual([]);
});
