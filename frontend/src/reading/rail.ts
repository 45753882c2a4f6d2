/** The tool rail: which tool is in hand, which window preset holds, what is switched on. */
import { element, elements } from "../dom";
import type { Grip } from "../viewer/gestures";
import type { Viewer } from "../viewer/viewer";
import type { WindowPreset } from "./contract";
import type { Drawing, Shape } from "./drawing";
import type { Marks } from "./marks";
import { words } from "./words";

export type Tool = "move" | "level" | Shape;

export class Rail {
  private tool: Tool = "move";
  private windows: readonly WindowPreset[] = [];
  private readonly list = element("#presets", HTMLElement);
  private readonly pattern = element("#preset", HTMLTemplateElement);
  private readonly viewer: Viewer;
  private readonly drawing: Drawing;
  private readonly marks: Marks;

  constructor(viewer: Viewer, drawing: Drawing, marks: Marks) {
    this.viewer = viewer;
    this.drawing = drawing;
    this.marks = marks;
    this.list.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.setWindow(elements("button", HTMLButtonElement, this.list).indexOf(button));
    });
  }

  /** What the first pointer does on the image. */
  get grip(): Grip {
    return this.tool === "move" || this.tool === "level" ? this.tool : "draw";
  }

  /** Take a tool. True where it was in hand already. */
  take(tool: Tool): boolean {
    const again = this.tool === tool;
    this.drawing.cancel();
    this.tool = tool;
    this.drawing.shape = tool === "box" || tool === "polygon" ? tool : null;
    this.marks.surface.dataset["tool"] = tool;
    this.update();
    return again;
  }

  /** The presets of another image; none for colour. */
  open(windows: readonly WindowPreset[]): void {
    this.windows = windows;
    this.list.replaceChildren(...windows.map(({ label }) => this.button(label)));
    for (const grey of elements("[data-grey-only]", HTMLElement)) grey.hidden = windows.length === 0;
    this.take("move");
  }

  nextWindow(): void {
    if (this.windows.length) this.setWindow((this.preset + 1) % this.windows.length);
  }

  update(): void {
    for (const button of elements("[data-command^='tool.']", HTMLElement)) {
      button.setAttribute("aria-pressed", String(button.dataset["command"] === `tool.${this.tool}`));
    }
    press("invert", this.viewer.inverted);
    press("marks", this.marks.visible);
    const { preset } = this;
    elements("button", HTMLButtonElement, this.list).forEach((button, index) => button.setAttribute("aria-pressed", String(index === preset)));
  }

  /** Which preset the window is, -1 where it was changed by hand. */
  private get preset(): number {
    const { center, width } = this.viewer.windowing;
    return this.windows.findIndex((window) => window.center === center && window.width === width);
  }

  private setWindow(index: number): void {
    const chosen = this.windows[index];
    if (chosen) this.viewer.setWindow(chosen);
  }

  private button(label: string): HTMLButtonElement {
    const made = element("button", HTMLButtonElement, this.pattern.content).cloneNode(true) as HTMLButtonElement;
    made.textContent = words.windowName(label);
    return made;
  }
}

function press(command: string, on: boolean): void {
  for (const button of elements(`[data-command='${command}']`, HTMLElement)) button.setAttribute("aria-pressed", String(on));
}
