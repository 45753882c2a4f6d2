/** Which images hang where: pure arithmetic on what the case says of them. */
import type { Case, CaseImage, Companion } from "../contract";

/** The image alone, with the others of its study, or with an earlier one. */
export type Layout = "single" | "study" | "prior";

/** One place of a hanging. `companion` is null for the image that is read. `align`: towards which edge a fitted image lies. */
export interface Cell {
  readonly place: number;
  readonly align: -1 | 0 | 1;
  readonly companion: Companion | null;
}

export interface Hung {
  /** One row of one or two places, or two rows of two. */
  readonly places: 1 | 2 | 4;
  readonly cells: readonly Cell[];
}

const MOST = 4; // browsers keep few graphics contexts alive
const ORDER = ["PA", "AP", "LL", "RL", "LATERAL", "CC", "MLO"];
const ALONE: Hung = { places: 1, cells: [{ place: 0, align: 0, companion: null }] };

/** The hangings that a case has something for, in the order in which J goes through them. */
export function layoutsOf({ companions }: Case): Layout[] {
  const roles = (["study", "prior"] as const).filter((role) => companions.some((each) => each.role === role));
  return ["single", ...roles];
}

export function hung(layout: Layout, shown: Case): Hung {
  if (layout === "single") return ALONE;
  const others = shown.companions.filter(({ role }) => role === layout);
  if (layout === "prior") return inOrder([null, ...others.slice(0, 1)]);
  return backToBack(shown.image, others) ?? inOrder(byView(shown.image, others));
}

/** Left to right, top to bottom. */
function inOrder(companions: readonly (Companion | null)[]): Hung {
  const cells = companions.map((companion, place) => ({ place, align: 0, companion }) as const);
  return { places: cells.length > 2 ? 4 : cells.length === 2 ? 2 : 1, cells };
}

/** The study's images in the order of their views, the one that is read in its place among them. */
function byView(image: CaseImage, others: readonly Companion[]): (Companion | null)[] {
  const rank = (companion: Companion | null): number => {
    const at = ORDER.indexOf((companion?.image ?? image).view.toUpperCase());
    return at < 0 ? ORDER.length : at;
  };
  return [null, ...others.slice(0, MOST - 1)].sort((a, b) => rank(a) - rank(b));
}

/** Mammography: RCC | LCC over RMLO | LMLO, the chest walls in the middle. Null where there are not both sides. */
function backToBack(image: CaseImage, others: readonly Companion[]): Hung | null {
  const own = placeOf(image);
  if (own === null) return null;
  const taken = new Map<number, Companion | null>([[own, null]]);
  for (const other of others) {
    const place = placeOf(other.image);
    if (place !== null && !taken.has(place)) taken.set(place, other);
  }
  const places = [...taken.keys()].sort((a, b) => a - b);
  if (new Set(places.map((place) => place % 2)).size < 2) return null;
  const oneRow = places.every((place) => place < 2) || places.every((place) => place >= 2);
  const cells = places.map((place): Cell => ({ place: oneRow ? place % 2 : place, align: place % 2 ? -1 : 1, companion: taken.get(place) ?? null }));
  return { places: oneRow ? 2 : 4, cells };
}

/** 0 RCC, 1 LCC, 2 RMLO, 3 LMLO; null for anything else. */
function placeOf({ modality, view, laterality }: CaseImage): number | null {
  const side = ["R", "L"].indexOf(laterality.toUpperCase());
  const row = /CC/i.test(view) ? 0 : /^(ML|LM)/i.test(view) ? 1 : -1;
  return modality.toUpperCase() === "MG" && side >= 0 && row >= 0 ? 2 * row + side : null;
}
