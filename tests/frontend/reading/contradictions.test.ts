import { expect, it } from "vitest";
import { contradictions } from "../../../frontend/src/reading/contradictions";
import type { CaseFinding, FindingKind } from "../../../frontend/src/reading/contract";
import { box } from "../../../frontend/src/reading/regions";

const finding = (slug: string, name: string, kind: FindingKind): CaseFinding =>
  ({ slug, name, kind, options: [], unit: "", key: 1, map_url: null, above: null, set: null, against: null });
const findings = [finding("effusion", "Effusion", "binary"), finding("grade", "Grade", "categorical")];
const regions = ["effusion", "grade"].map((slug) => box(slug, [1, 1], [9, 9], { width: 20, height: 20 }));

it("a region contradicts absent and not assessable, and says how to put it right", () => {
  expect(contradictions(findings, { effusion: { value: "absent" }, grade: { value: "not_assessable" } }, regions)).toEqual({
    effusion: "Effusion: a region is drawn for it, but the answer is absent. Answer uncertain or present, or delete the region.",
    grade: "Grade: a region is drawn for it, but the answer is not assessable. Answer the finding, or delete the region.",
  });
});

it("it contradicts no other answer, none that is still open, and none of a finding without a region", () => {
  expect(contradictions(findings, { effusion: { value: "uncertain" }, grade: { value: "absent" } }, regions)).toEqual({});
  expect(contradictions(findings, {}, regions)).toEqual({});
  expect(contradictions(findings, { effusion: { value: "absent" } }, regions.slice(1))).toEqual({});
});
