/** One measure drawn over the image: its line, its ends, its label. */
import { set, svg } from "../../dom";
import { toCanvas, type Point } from "../../viewer/geometry";
import type { Viewer } from "../../viewer/viewer";
import { drag } from "../drag";
import { linesOf, spokenOf } from "./label";
import { moved, reshaped, type Measure } from "./measure";
import type { Subject } from "./subject";

const END = 4; // CSS pixels from an end's middle to its rim
const CROSS = 9;
const LINE = 16; // about what one line of the label takes
const ROOM = 170; // what a label needs to its right

export class Note {
  measure: Measure;
  /** Counted from 0. */
  readonly frame: number;
  /** What stood beside it last. */
  result: string;
  readonly node = svg("g", { class: "region measure", tabindex: 0, role: "application", "aria-roledescription": "measurement" });
  private readonly lines = ["mark-grip", "mark-halo", "mark"].map((name) => svg("path", { class: name }));
  private readonly label = svg("text", { class: "mark-label" });
  private ends: SVGCircleElement[] = [];
  private readonly viewer: Viewer;
  private readonly change: (measure: Measure) => void;

  constructor(measure: Measure, frame: number, viewer: Viewer, change: (measure: Measure) => void) {
    this.measure = measure;
    this.frame = frame;
    this.result = "";
    this.viewer = viewer;
    this.change = change;
    this.node.append(...this.lines, this.label);
    this.node.addEventListener("pointerdown", (event) => this.drag(event));
  }

  /** Whether it still follows the pointer. */
  get live(): boolean {
    return this.node.classList.contains("is-live");
  }

  set live(on: boolean) {
    this.node.classList.toggle("is-live", on);
  }

  /** Where the view has it now. */
  layout(place: (point: Point) => Point): void {
    const points = this.measure.points.map(place);
    const d = outline(this.measure.kind, points);
    for (const line of this.lines) set(line, { d });
    this.layoutEnds(points);
    this.layoutLabel(points);
  }

  /** What it measures, in words beside it and for those who do not see it. */
  describe(subject: Subject): string {
    const lines = linesOf(this.measure, subject);
    this.result = lines.join(", ");
    this.label.replaceChildren(...lines.map((text) => Object.assign(svg("tspan", {}), { textContent: text })));
    this.layoutLabel(this.measure.points.map((point) => toCanvas(this.viewer.overlayView, point)));
    const spoken = spokenOf(this.measure, subject);
    this.node.setAttribute("aria-label", spoken);
    return spoken;
  }

  private layoutEnds(points: readonly Point[]): void {
    while (this.ends.length < points.length) this.ends.push(svg("circle", { class: "end", r: END }));
    this.node.append(...this.ends);
    this.ends.forEach((end, index) => {
      const [cx, cy] = points[index] ?? [0, 0];
      set(end, { cx, cy });
    });
  }

  /** Beside its last point, on the side where there is room. */
  private layoutLabel(points: readonly Point[]): void {
    const [x, y] = points.at(-1) ?? [0, 0];
    const { clientWidth, clientHeight } = this.viewer.canvas;
    const left = x + ROOM > clientWidth;
    const lines = [...this.label.children];
    const top = Math.min(Math.max(y - 8, 14), clientHeight - 6 - LINE * (lines.length - 1));
    set(this.label, { y: top, "text-anchor": left ? "end" : "start" });
    lines.forEach((line, index) => set(line, { x: x + (left ? -12 : 12), dy: index ? "1.25em" : 0 }));
  }

  private drag(event: PointerEvent): void {
    if (event.button !== 0 || this.live) return;
    this.node.focus({ preventScroll: true });
    const before = this.measure;
    const end = this.ends.findIndex((each) => each === event.target);
    const follow = (to: Point, from: Point): void => {
      const image = this.viewer.info;
      this.change(end < 0 ? moved(before, to[0] - from[0], to[1] - from[1], image) : reshaped(before, end, to, image));
    };
    drag(this.node, event, this.viewer, follow, () => this.change(before));
  }
}

/** The path of a measure through its points on screen. */
function outline(kind: Measure["kind"], points: readonly Point[]): string {
  const [[x0, y0] = [0, 0], [x1, y1] = [0, 0]] = points;
  switch (kind) {
    case "length":
    case "angle":
      return `M${points.map(([x, y]) => `${x} ${y}`).join("L")}`;
    case "probe":
      return `M${x0 - CROSS} ${y0}h${2 * CROSS}M${x0} ${y0 - CROSS}v${2 * CROSS}`;
    case "roi": {
      const [rx, ry, middle] = [Math.abs(x1 - x0) / 2, Math.abs(y1 - y0) / 2, (y0 + y1) / 2];
      return `M${x0} ${middle}A${rx} ${ry} 0 1 1 ${x1} ${middle}A${rx} ${ry} 0 1 1 ${x0} ${middle}`;
    }
  }
}
