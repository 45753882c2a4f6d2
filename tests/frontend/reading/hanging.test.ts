import { describe, expect, it } from "vitest";
import type { Case, CaseImage, Companion } from "../../../frontend/src/reading/contract";
import { hung, layoutsOf } from "../../../frontend/src/reading/hanging/layout";
import { likewise } from "../../../frontend/src/viewer/windowing";

const image = (code: string): CaseImage => {
  const [modality = "", laterality = "", view = ""] = code.split(" ");
  return { id: code, modality, laterality, view } as CaseImage;
};
const study = (code: string): Companion => ({ role: "study", label: code, image: image(code) });
const prior = (code: string): Companion => ({ ...study(code), role: "prior" });
const shown = (code: string, ...companions: Companion[]): Case => ({ image: image(code), companions }) as Case;
const places = (code: string, ...others: string[]): string[] => {
  const { cells } = hung("study", shown(code, ...others.map(study)));
  return cells.map(({ place, align, companion }) => `${place} ${companion?.label ?? "read"} ${align}`);
};

describe("a mammogram's four views", () => {
  it("hang back to back, right ones on the left", () => {
    expect(places("MG L MLO", "MG L CC", "MG R MLO", "MG R CC")).toEqual(["0 MG R CC 1", "1 MG L CC -1", "2 MG R MLO 1", "3 read -1"]);
  });
  it("keep their places where one is missing", () => {
    expect(places("MG R CC", "MG L CC", "MG L MLO")).toEqual(["0 read 1", "1 MG L CC -1", "3 MG L MLO -1"]);
  });
  it("make one row of one pair", () => {
    expect(places("MG R MLO", "MG L MLO")).toEqual(["0 read 1", "1 MG L MLO -1"]);
  });
  it("leave a second image of a view to the chooser", () => {
    expect(places("MG R CC", "MG R CC", "MG L CC")).toEqual(["0 read 1", "1 MG L CC -1"]);
  });
  it("of one side alone hang as any other study", () => {
    expect(places("MG R MLO", "MG R CC")).toEqual(["0 MG R CC 0", "1 read 0"]);
  });
});

describe("any other study", () => {
  it("hangs in the order of its views, four images at most", () => {
    expect(places("DX  LL", "DX  AP", "DX  PA")).toEqual(["0 DX  PA 0", "1 DX  AP 0", "2 read 0"]);
    expect(places("DX  PA", "a", "b", "c", "d", "e")).toHaveLength(4);
  });
  it("fills as many places as it needs", () => {
    expect(hung("study", shown("DX  PA", study("DX  LL"))).places).toBe(2);
    expect(hung("study", shown("DX  PA", study("a"), study("b"))).places).toBe(4);
  });
});

it("the fittest prior hangs on the right", () => {
  const { places: count, cells } = hung("prior", shown("DX  PA", study("x"), prior("first"), prior("second")));
  expect([count, ...cells.map(({ companion }) => companion?.label)]).toEqual([2, undefined, "first"]);
});

it("a case offers only what it has something for", () => {
  expect(layoutsOf(shown("DX"))).toEqual(["single"]);
  expect(layoutsOf(shown("DX", prior("a")))).toEqual(["single", "prior"]);
  expect(layoutsOf(shown("DX", prior("a"), study("b")))).toEqual(["single", "study", "prior"]);
});

describe("a linked window", () => {
  const [first, other] = [{ center: 1000, width: 2000, function: "LINEAR" }, { center: 100, width: 400, function: "SIGMOID" }] as const;
  it("is each image's own until it is changed", () => {
    expect(likewise(first, first, other)).toEqual(other);
  });
  it("changes by the same share of the window it began with", () => {
    expect(likewise({ ...first, center: 1500, width: 1000 }, first, other)).toEqual({ center: 200, width: 200, function: "LINEAR" });
  });
});
