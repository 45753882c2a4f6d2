/** Leafing through the frames of an image: slider, arrow keys, wheel with Shift. */
import { element } from "../dom";
import { within } from "../viewer/geometry";
import type { CaseImage } from "./contract";
import type { Display } from "./display";
import { frameOf, framesOf } from "./frame";
import type { Marks } from "./marks";
import { messages } from "./messages";

const NOTCH = 60; // pixels of the wheel a frame takes

export class Frames {
  private readonly bar = element("#frames", HTMLElement);
  private readonly slider = element("#frame", HTMLInputElement);
  private readonly status = element("#status-frame", HTMLElement);
  private readonly display: Display;
  private readonly marks: Marks;
  private readonly turned: (frame: CaseImage) => void;
  private image: CaseImage | null = null;
  private rolled = 0;

  /** `turned` is told of every frame that comes on screen. */
  constructor(display: Display, marks: Marks, stage: HTMLElement, turned: (frame: CaseImage) => void) {
    this.display = display;
    this.marks = marks;
    this.turned = turned;
    this.slider.addEventListener("input", () => this.go(this.slider.valueAsNumber - 1));
    stage.addEventListener("wheel", (event) => this.wheel(event), { capture: true, passive: false });
  }

  /** Another case: it begins with the frame that the display shows. */
  open(image: CaseImage): void {
    this.image = image;
    const count = framesOf(image);
    this.bar.hidden = count === 1;
    this.slider.max = String(count);
    if (count > 1) document.body.dataset["frames"] = String(count);
    else delete document.body.dataset["frames"];
    this.tell();
  }

  step(by: number): void {
    this.go(this.display.frame + by);
  }

  private go(frame: number): void {
    if (!this.image) return;
    const wanted = within(frame, 0, framesOf(this.image) - 1);
    if (wanted === this.display.frame) return;
    this.display.turn(frameOf(this.image, wanted));
    this.tell();
  }

  /** Says where one is; only regions of this frame are on the image. */
  private tell(): void {
    const { image, display } = this;
    if (!image) return;
    const text = messages.frame(display.frame + 1, framesOf(image), image.frame_count);
    this.marks.frame = display.frame;
    this.slider.valueAsNumber = display.frame + 1;
    this.slider.setAttribute("aria-valuetext", text);
    this.turned(frameOf(image, display.frame));
    this.status.textContent = image.frame_count > 1 ? text : "";
  }

  /** Chromium turns Shift and a wheel sideways. */
  private wheel(event: WheelEvent): void {
    if (!event.shiftKey || this.bar.hidden) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.rolled += event.deltaY || event.deltaX;
    const steps = Math.trunc(this.rolled / NOTCH);
    this.rolled -= steps * NOTCH;
    if (steps) this.step(steps);
  }
}
