/** An open case with what lives as long as it is open. */
import type { Answers } from "./answers";
import type { AttentionMaps } from "./attention";
import type { Case, CaseFinding } from "./contract";
import type { Findings } from "./findings";

export interface OpenCase {
  readonly case: Case;
  readonly answers: Answers;
  readonly findings: Findings;
  readonly maps: AttentionMaps;
}

/** A finding's name; its slug if the case does not ask for it. */
export function nameOf(opened: OpenCase | null, slug: string): string {
  return findingOf(opened, slug)?.name ?? slug;
}

/** Its digit and name. */
export function labelOf(opened: OpenCase | null, slug: string): string {
  const finding = findingOf(opened, slug);
  return finding ? [finding.key, finding.name].filter((part) => part !== null).join(" ") : slug;
}

function findingOf(opened: OpenCase | null, slug: string): CaseFinding | undefined {
  return opened?.case.findings.find((each) => each.slug === slug);
}
