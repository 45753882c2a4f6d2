/** New regions: dragged or clicked on the image, or placed in its middle from the keyboard. */
import { set, svg } from "../dom";
import { toCanvas, type Point } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";
import type { RegionData } from "./contract";
import { box, corners, hexagon, negligible, polygon } from "./regions";

export type Shape = RegionData["kind"];
const SMALLEST = 4; // CSS pixels: less is a slip of the hand
const CLOSING = 10; // CSS pixels from the first corner that close a polygon

export class Drawing {
  shape: Shape | null = null;
  private points: Point[] = [];
  private pressed: PointerEvent | null = null;
  private readonly draft = svg("polygon", { class: "mark live b" });
  private readonly surface: SVGSVGElement;
  private readonly viewer: Viewer;
  private readonly finding: () => string | null;
  private readonly done: (region: RegionData) => void;

  constructor(surface: SVGSVGElement, viewer: Viewer, finding: () => string | null, done: (region: RegionData) => void) {
    this.surface = surface;
    this.viewer = viewer;
    this.finding = finding;
    this.done = done;
    surface.addEventListener("pointerdown", (event) => this.down(event));
    surface.addEventListener("pointermove", (event) => this.move(event));
    surface.addEventListener("pointerup", (event) => this.up(event));
    surface.addEventListener("pointercancel", () => this.cancel());
    surface.addEventListener("dblclick", () => this.close());
  }

  /** Drop what is half drawn. False where nothing is. */
  cancel(): boolean {
    const something = this.points.length > 0;
    this.points = [];
    this.pressed = null;
    this.draft.remove();
    return something;
  }

  /** Finish the polygon. False where none with three corners is being drawn. */
  close(): boolean {
    const finding = this.finding();
    const clicked = distinct(this.points.slice(0, -1)); // the last one follows the pointer
    if (this.shape !== "polygon" || clicked.length < 3 || finding === null) return false;
    this.finish(polygon(finding, clicked, this.viewer.info));
    return true;
  }

  /** A region in the middle of what is on screen, an eighth of it wide; for hands without a pointer. */
  place(shape: Shape): void {
    const finding = this.finding();
    if (finding === null) return;
    const { clientWidth, clientHeight } = this.viewer.canvas;
    const [x, y] = this.viewer.middle;
    const radius = Math.min(clientWidth, clientHeight) / 16 / this.viewer.overlayView.scale;
    const image = this.viewer.info;
    this.finish(
      shape === "box" ? box(finding, [x - radius, y - radius], [x + radius, y + radius], image) : hexagon(finding, [x, y], radius, image),
    );
  }

  layout(): void {
    const [a, b] = this.points;
    const outline = this.shape === "box" && a && b ? corners(box("", a, b, this.viewer.info)) : this.points;
    set(this.draft, { points: outline.map((point) => toCanvas(this.viewer.overlayView, point)).join(" ") });
  }

  private down(event: PointerEvent): void {
    if (this.shape === null || event.button !== 0) return;
    if (!event.isPrimary) return void this.cancel(); // a second finger pinches
    if (this.pressed && this.pressed.pointerType !== event.pointerType) return; // a palm beside the pen
    event.preventDefault();
    this.pressed = event;
    const at = this.viewer.at(event);
    if (this.shape === "box") {
      this.surface.setPointerCapture(event.pointerId);
      this.points = [at, at];
    } else if (this.closes(at)) {
      this.close();
      return;
    } else {
      this.points = this.points.length ? [...this.points.slice(0, -1), at, at] : [at, at];
    }
    this.surface.append(this.draft);
    this.layout();
  }

  private move(event: PointerEvent): void {
    if (this.points.length === 0 || (this.pressed && this.pressed.pointerId !== event.pointerId)) return;
    this.points = [...this.points.slice(0, -1), this.viewer.at(event)];
    this.layout();
  }

  private up(event: PointerEvent): void {
    if (this.pressed?.pointerId !== event.pointerId) return;
    this.pressed = null;
    const [start] = this.points;
    const finding = this.finding();
    if (this.shape !== "box" || !start || finding === null) return;
    const region = box(finding, start, this.viewer.at(event), this.viewer.info);
    if (negligible(region, SMALLEST / this.viewer.overlayView.scale)) this.cancel();
    else this.finish(region);
  }

  private finish(region: RegionData): void {
    this.cancel();
    this.done(region);
  }

  private closes(at: Point): boolean {
    const [first] = this.points;
    if (!first || this.points.length < 4) return false;
    return Math.hypot(at[0] - first[0], at[1] - first[1]) * this.viewer.overlayView.scale < CLOSING;
  }
}

function distinct(points: readonly Point[]): Point[] {
  return points.filter(([x, y], index) => index === 0 || x !== points[index - 1]?.[0] || y !== points[index - 1]?.[1]);
}
