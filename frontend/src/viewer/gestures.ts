/** Pointers and wheel over the image: move, window, zoom; two fingers pinch. */
import type { Point } from "./geometry";
import type { Viewer } from "./viewer";
import { dragged } from "./windowing";

/** What the first pointer does: move the image, change the window, or nothing because somebody else draws with it. */
export type Grip = "move" | "level" | "draw";

const MIDDLE = 1;
const RIGHT = 2;

export class Gestures {
  private readonly pointers = new Map<number, Point>();
  private grip: Grip = "move";
  private kind = "";
  private readonly surface: HTMLElement;
  private readonly viewer: Viewer;
  private readonly chosen: (pointer: string) => Grip;

  /** `chosen` says what a mouse, pen or touch does. */
  constructor(surface: HTMLElement, viewer: Viewer, chosen: (pointer: string) => Grip) {
    this.surface = surface;
    this.viewer = viewer;
    this.chosen = chosen;
    surface.addEventListener("pointerdown", (event) => this.down(event));
    surface.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"] as const) {
      surface.addEventListener(end, (event) => this.pointers.delete(event.pointerId));
    }
    surface.addEventListener("contextmenu", (event) => event.preventDefault());
    surface.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
  }

  private down(event: PointerEvent): void {
    if (event.target instanceof Element && event.target.closest("button")) return;
    if (event.pointerType === "touch" && this.kind === "pen" && this.pointers.size) return; // a palm beside the pen
    if (event.pointerType !== "touch") this.pointers.clear(); // a mouse has one pointer, whatever was missed before
    this.kind = event.pointerType;
    this.pointers.set(event.pointerId, this.at(event));
    this.grip = event.button === RIGHT ? "level" : event.button === MIDDLE ? "move" : this.chosen(event.pointerType);
    if (this.grip !== "draw") this.surface.setPointerCapture(event.pointerId);
  }

  private move(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (!before || event.buttons === 0) return;
    const now = this.at(event);
    const [dx, dy] = [now[0] - before[0], now[1] - before[1]];
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    if (other) this.pinch(other, before, now, dx, dy);
    else if (this.grip === "move") this.viewer.pan(dx, dy);
    else if (this.grip === "level") this.viewer.setWindow(dragged(this.viewer.windowing, dx, dy));
    this.pointers.set(event.pointerId, now);
  }

  private pinch(fixed: Point, before: Point, now: Point, dx: number, dy: number): void {
    const factor = distance(fixed, now) / Math.max(distance(fixed, before), 1);
    this.viewer.zoom(factor, [(fixed[0] + now[0]) / 2, (fixed[1] + now[1]) / 2]);
    this.viewer.pan(dx / 2, dy / 2);
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_PIXEL ? event.deltaY : event.deltaY * 33;
    this.viewer.zoom(2 ** (-pixels / 300), this.at(event));
  }

  private at(event: MouseEvent): Point {
    const { left, top } = this.surface.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
