/** The letters at the edges of an image: where it leads to in the patient, however it is turned on screen. */
import { element } from "../dom";
import { edges, type Edges, type Orientation } from "../viewer/orientation";
import type { CaseImage } from "./contract";

const SIDES = ["left", "top", "right", "bottom"] as const satisfies readonly (keyof Edges)[];

export class Directions {
  private readonly node: HTMLElement;
  private stated: CaseImage["orientation"] = null;

  constructor(node: HTMLElement) {
    this.node = node;
  }

  /** Another image, with what its file says of its rows and columns. */
  open(stated: CaseImage["orientation"]): void {
    this.stated = stated;
    this.node.hidden = stated === null;
  }

  layout(orientation: Orientation): void {
    if (!this.stated) return;
    const letters = edges(this.stated, orientation);
    for (const side of SIDES) {
      const slot = element(`[data-edge=${side}]`, HTMLElement, this.node);
      if (slot.textContent !== letters[side]) slot.textContent = letters[side];
    }
  }
}
