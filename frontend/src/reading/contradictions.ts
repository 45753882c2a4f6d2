/** Answers that a region on the image contradicts; the server refuses the same (labeling/values.py). */
import type { Given } from "./answers";
import { NOT_ASSESSABLE, type CaseFinding, type RegionData } from "./contract";
import { messages } from "./messages";

/** Finding slug → what is wrong and how to put it right. */
export function contradictions(findings: readonly CaseFinding[], given: Given, regions: readonly RegionData[]): Record<string, string> {
  const outlined = new Set(regions.map(({ finding }) => finding));
  return Object.fromEntries(findings.filter(({ slug }) => outlined.has(slug)).flatMap((finding) => {
    const value = given[finding.slug]?.value;
    if (value === NOT_ASSESSABLE || (value === "absent" && finding.kind === "binary")) return [[finding.slug, messages.contradicted(finding, value)]];
    return [];
  }));
}
