/** The regions of the readers between whom an adjudicator decides. They cannot be edited. */
import { element, set, svg } from "../dom";
import { toCanvas } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";
import type { OtherRegion } from "./contract";
import { corners } from "./regions";

interface Drawn {
  readonly region: OtherRegion;
  readonly node: SVGGElement;
  readonly line: SVGPolygonElement;
  readonly letter: SVGTextElement;
}

export class Others {
  private readonly layer = element("#others", SVGGElement);
  private readonly viewer: Viewer;
  private drawn: Drawn[] = [];
  private frame = 0;

  constructor(viewer: Viewer) {
    this.viewer = viewer;
  }

  load(regions: readonly OtherRegion[], label: (region: OtherRegion) => string): void {
    this.drawn = regions.map((region) => {
      const [node, line, letter] = [svg("g", { class: "other" }), svg("polygon", {}), svg("text", { class: "mark-label" })];
      letter.textContent = label(region);
      node.append(line, letter);
      return { region, node, line, letter };
    });
    this.layer.replaceChildren(...this.drawn.map(({ node }) => node));
    this.show(0);
  }

  /** Only those of this frame. */
  show(frame: number): void {
    this.frame = frame;
    this.layout();
  }

  layout(): void {
    const view = this.viewer.overlayView;
    for (const { region, node, line, letter } of this.drawn) {
      node.classList.toggle("is-elsewhere", (region.frame ?? 0) !== this.frame);
      const points = corners(region).map((point) => toCanvas(view, point));
      set(line, { points: points.join(" ") });
      set(letter, { x: Math.min(...points.map(([x]) => x)), y: Math.max(...points.map(([, y]) => y)) + 16 });
    }
  }
}
