/** What measuring has to know of the image on screen. */
import type { Pixels } from "../../viewer/textures";
import type { CaseImage } from "../contract";
import type { Spacing } from "./spacing";
import type { Line } from "./values";

export interface Subject extends Line {
  readonly spacing: Spacing;
  /** The spacing is the detector's: the body lies nearer to the tube, so lengths come out too large. */
  readonly atDetector: boolean;
  /** "HU", or nothing. */
  readonly unit: string;
  /** The full level's stored values, or null while they are on their way. */
  pixels(): Pixels | null;
}

export function subjectOf(image: CaseImage, pixels: () => Pixels | null): Subject {
  const { slope, intercept, spacing, unit } = image;
  return { slope, intercept, spacing, unit, atDetector: image.spacing_kind === "ImagerPixelSpacing", pixels };
}
