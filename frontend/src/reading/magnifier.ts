/** The lens over the image: it goes with the pointer, or stands in the middle and is moved by arrow keys. */
import { element, set } from "../dom";
import type { Point } from "../viewer/geometry";
import { within } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";
import { arrowStep } from "./arrows";

const ABOVE_FINGER = 96; // CSS pixels, so that the finger does not cover what it shows

export class Magnifier {
  on = false;
  private readonly viewer: Viewer;
  private readonly layer = element("#lens", SVGSVGElement);
  private readonly rim = element("#lens-rim", SVGRectElement);
  private readonly around = element("#around-lens path", SVGPathElement);
  private readonly marks: SVGSVGElement;
  private pointer: Point | null = null;
  private at: Point = [0, 0];

  constructor(stage: HTMLElement, marks: SVGSVGElement, viewer: Viewer) {
    this.viewer = viewer;
    this.marks = marks;
    for (const kind of ["pointermove", "pointerdown"] as const) stage.addEventListener(kind, (event) => this.follow(event));
    stage.addEventListener("pointerleave", (event) => this.leave(event));
    this.rim.addEventListener("keydown", (event) => this.key(event));
  }

  /** At the pointer where it is over the image; else in the middle, with the focus, so that the arrow keys move it. */
  toggle(): void {
    if (this.off()) return;
    const { clientWidth, clientHeight } = this.viewer.canvas;
    this.on = true;
    this.show(this.pointer ?? [clientWidth / 2, clientHeight / 2]);
    this.layout();
    if (!this.pointer) this.rim.focus({ preventScroll: true });
  }

  /** False where it is off already. */
  off(): boolean {
    const { on } = this;
    this.on = false;
    this.viewer.magnify(null);
    return on;
  }

  /** Its rim, and nothing drawn over what it shows. */
  layout(): void {
    const { lens } = this.viewer;
    this.layer.classList.toggle("is-off", !lens);
    if (!lens) return this.marks.removeAttribute("clip-path");
    const { left: x, top: y, side } = lens;
    const { clientWidth, clientHeight } = this.viewer.canvas;
    set(this.rim, { x, y, width: side, height: side });
    set(this.around, { d: `M0 0H${clientWidth}V${clientHeight}H0ZM${x} ${y}h${side}v${side}h${-side}Z` });
    this.marks.setAttribute("clip-path", "url(#around-lens)");
  }

  private show(at: Point): void {
    this.at = at;
    this.viewer.magnify(at);
  }

  private follow(event: PointerEvent): void {
    const { left, top } = this.viewer.canvas.getBoundingClientRect();
    const lift = event.pointerType === "touch" ? ABOVE_FINGER : 0;
    this.pointer = [event.clientX - left, event.clientY - top - lift];
    if (this.on) this.show(this.pointer);
  }

  /** A finger that lets go leaves the lens where it is. */
  private leave(event: PointerEvent): void {
    this.pointer = null;
    if (this.on && event.pointerType !== "touch") this.viewer.magnify(null);
  }

  private key(event: KeyboardEvent): void {
    const step = arrowStep(event, this.viewer);
    if (!step) return;
    const { scale } = this.viewer.overlayView;
    const { clientWidth, clientHeight } = this.viewer.canvas;
    this.show([within(this.at[0] + step[0] * scale, 0, clientWidth), within(this.at[1] + step[1] * scale, 0, clientHeight)]);
  }
}
