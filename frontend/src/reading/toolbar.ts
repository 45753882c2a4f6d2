/** The toolbar: the tool in use, the window preset, and what is switched on. */
import { element, elements } from "../dom";
import type { Grip } from "../viewer/gestures";
import type { Viewer } from "../viewer/viewer";
import { isSame } from "../viewer/windowing";
import type { WindowPreset } from "./contract";
import type { Drawing, Shape } from "./drawing";
import type { Magnifier } from "./magnifier";
import type { Marks } from "./marks";
import type { MeasureKind } from "./measure/measure";
import type { Measuring } from "./measure/measuring";
import { messages } from "./messages";

export type Tool = "move" | "level" | Shape | MeasureKind;

/** What the tools act on. */
export interface ToolTargets {
  readonly drawing: Drawing;
  readonly measuring: Measuring;
  readonly magnifier: Magnifier;
  readonly marks: Marks;
}

export class Toolbar {
  private tool: Tool = "move";
  private windows: readonly WindowPreset[] = [];
  private readonly list = element("#presets", HTMLElement);
  private readonly pattern = element("#preset", HTMLTemplateElement);
  private readonly more = element("#more-tools", HTMLElement);
  private readonly opener = element("[popovertarget=more-tools]", HTMLButtonElement);
  private readonly viewer: Viewer;
  private readonly targets: ToolTargets;

  constructor(viewer: Viewer, targets: ToolTargets) {
    this.viewer = viewer;
    this.targets = targets;
    this.list.addEventListener("click", (event) => {
      const button = event.target instanceof Element ? event.target.closest("button") : null;
      if (button) this.setWindow(elements("button", HTMLButtonElement, this.list).indexOf(button));
    });
  }

  /** What the first pointer does on the image. A finger drags the magnifier; it follows a mouse without a button. */
  grip(pointer: string): Grip {
    if (pointer === "touch" && this.targets.magnifier.on) return "draw";
    return this.tool === "move" || this.tool === "level" ? this.tool : "draw";
  }

  /** Selects a tool. True if it was selected already. */
  take(tool: Tool): boolean {
    const again = this.tool === tool;
    const { drawing, measuring, marks } = this.targets;
    drawing.cancel();
    this.tool = tool;
    this.closeMore();
    drawing.shape = isShape(tool) ? tool : null;
    measuring.take(tool === "move" || tool === "level" || isShape(tool) ? null : tool);
    marks.surface.dataset["tool"] = tool;
    this.update();
    return again;
  }

  /** The presets of another image, the tools put down; none for colour. */
  open(windows: readonly WindowPreset[]): void {
    this.offer(windows);
    this.targets.magnifier.off();
    this.take("move");
  }

  /** The presets of another frame. */
  offer(windows: readonly WindowPreset[]): void {
    const known = this.windows;
    this.windows = windows;
    for (const grey of elements("[data-grey-only]", HTMLElement)) grey.hidden = windows.length === 0;
    if (windows.length === known.length && windows.every((each, index) => isPreset(each, known[index]))) return;
    this.list.replaceChildren(...windows.map(({ label }) => this.button(label)));
    this.update();
  }

  nextWindow(): void {
    if (this.windows.length) this.setWindow((this.preset + 1) % this.windows.length);
  }

  /** The image as it was opened, and no measure on it. How many were removed. Regions stay. */
  reset(): number {
    this.targets.magnifier.off();
    this.viewer.reset(this.windows[0] ?? this.viewer.windowing);
    this.take("move");
    return this.targets.measuring.measures.clear();
  }

  /** The lens, on or off. True where it is on now. */
  toggleLens(): boolean {
    this.closeMore();
    this.targets.magnifier.toggle();
    this.update();
    return this.targets.magnifier.on;
  }

  /** Put the lens away. False where it is not on. */
  dropLens(): boolean {
    const dropped = this.targets.magnifier.off();
    if (dropped) this.update();
    return dropped;
  }

  update(): void {
    for (const button of elements("[data-command^='tool.']", HTMLElement)) {
      button.setAttribute("aria-pressed", String(button.dataset["command"] === `tool.${this.tool}`));
    }
    press("invert", this.viewer.inverted);
    press("marks", this.targets.marks.visible);
    press("magnify", this.targets.magnifier.on);
    this.opener.classList.toggle("is-held", this.more.querySelector("[aria-pressed=true]") !== null);
    const { preset } = this;
    elements("button", HTMLButtonElement, this.list).forEach((button, index) => button.setAttribute("aria-pressed", String(index === preset)));
  }

  /** What was chosen there is in hand: the image is wanted now, and Enter submits. */
  private closeMore(): void {
    if (!this.more.matches(":popover-open")) return;
    this.more.hidePopover();
    this.opener.blur();
  }

  /** Which preset the window is, -1 where it was changed by hand. */
  private get preset(): number {
    return this.windows.findIndex((each) => isSame(each, this.viewer.windowing));
  }

  private setWindow(index: number): void {
    const chosen = this.windows[index];
    if (chosen) this.viewer.setWindow(chosen);
  }

  private button(label: string): HTMLButtonElement {
    const made = element("button", HTMLButtonElement, this.pattern.content).cloneNode(true) as HTMLButtonElement;
    made.textContent = made.title = messages.windowName(label);
    return made;
  }
}

function isPreset(one: WindowPreset, other: WindowPreset | undefined): boolean {
  return other !== undefined && one.label === other.label && isSame(one, other);
}

function isShape(tool: Tool): tool is Shape {
  return tool === "box" || tool === "polygon";
}

function press(command: string, on: boolean): void {
  for (const button of elements(`[data-command='${command}']`, HTMLElement)) button.setAttribute("aria-pressed", String(on));
}
