/** A new measure: dragged, or clicked point by point. */
import type { Point } from "../../viewer/geometry";
import type { Viewer } from "../../viewer/viewer";
import { measure, placed, POINTS, type MeasureKind } from "./measure";
import type { Measures } from "./measures";
import type { Note } from "./note";

const SMALLEST = 4; // CSS pixels: less is a click, not a drag
const REACH = 8; // of the shorter side of the canvas: half of what is placed without a pointer

export class Sketch {
  kind: MeasureKind | null = null;
  private note: Note | null = null;
  private points: Point[] = [];
  private pressed: PointerEvent | null = null;
  private readonly viewer: Viewer;
  private readonly measures: Measures;
  private readonly done: () => void;

  constructor(surface: SVGSVGElement, viewer: Viewer, measures: Measures, done: () => void) {
    this.viewer = viewer;
    this.measures = measures;
    this.done = done;
    surface.addEventListener("pointerdown", (event) => this.down(event, surface));
    surface.addEventListener("pointermove", (event) => this.move(event));
    surface.addEventListener("pointerup", (event) => this.up(event));
    surface.addEventListener("pointercancel", () => this.cancel());
  }

  /** Drop what is half drawn. False where nothing is. */
  cancel(): boolean {
    const { note } = this;
    this.forget();
    if (note) this.measures.remove(note);
    return note !== null;
  }

  /** One in the middle of what is on screen. */
  place(kind: MeasureKind): void {
    this.cancel();
    if (!this.measures.room) return;
    const { clientWidth, clientHeight } = this.viewer.canvas;
    const reach = Math.min(clientWidth, clientHeight) / REACH / this.viewer.overlayView.scale;
    this.finish(this.measures.begin(placed(kind, this.viewer.middle, this.viewer.inImage([reach, 0]), this.viewer.info)));
  }

  private down(event: PointerEvent, surface: SVGSVGElement): void {
    if (!this.kind || event.button !== 0) return;
    if (!event.isPrimary) return void this.cancel(); // a second finger pinches
    if (this.pressed && this.pressed.pointerType !== event.pointerType) return; // a palm beside the pen
    event.preventDefault();
    if (!this.note && !this.measures.room) return;
    surface.setPointerCapture(event.pointerId);
    this.pressed = event;
    this.add(event);
  }

  private move(event: PointerEvent): void {
    const { kind, note, points, pressed } = this;
    if (!kind || !note || (pressed && pressed.pointerId !== event.pointerId)) return;
    this.measures.change(note, measure(kind, [...points, this.viewer.at(event)], this.viewer.info));
  }

  private up(event: PointerEvent): void {
    const { kind, note, pressed, points } = this;
    if (!kind || !note || pressed?.pointerId !== event.pointerId) return;
    this.pressed = null;
    const dragged = Math.hypot(event.clientX - pressed.clientX, event.clientY - pressed.clientY) > SMALLEST;
    if (dragged && points.length < POINTS[kind]) this.add(event);
    if (this.points.length === POINTS[kind]) this.finish(note);
  }

  private add(event: PointerEvent): void {
    const { kind } = this;
    if (!kind) return;
    this.points = [...this.points, this.viewer.at(event)];
    const next = measure(kind, this.points, this.viewer.info);
    if (this.note) this.measures.change(this.note, next);
    else this.note = this.measures.begin(next);
  }

  private finish(note: Note): void {
    this.forget();
    this.measures.keep(note);
    this.done();
  }

  private forget(): void {
    this.note = this.pressed = null;
    this.points = [];
  }
}
