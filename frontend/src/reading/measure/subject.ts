/** What measuring has to know of the image on screen. */
import type { Pixels } from "../../viewer/textures";
import type { CaseImage, SpacingKind } from "../contract";
import type { Spacing } from "./spacing";
import type { Line } from "./values";

export interface Subject extends Line {
  readonly spacing: Spacing;
  readonly spacingKind: SpacingKind;
  /** Height of a pixel by its width: what angles need where there is no spacing. */
  readonly aspect: number;
  /** "HU", or nothing. */
  readonly unit: string;
  /** The full level's stored values, or null while they are on their way. */
  pixels(): Pixels | null;
}

export function subjectOf(image: CaseImage, pixels: () => Pixels | null): Subject {
  const { slope, intercept, padding, spacing, spacing_kind: spacingKind, aspect, unit } = image;
  return { slope, intercept, padding, spacing, spacingKind, aspect, unit, pixels };
}
