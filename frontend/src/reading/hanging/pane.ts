/** One image beside the one that is read, on a canvas of its own. */
import { element } from "../../dom";
import { Gestures, type Grip } from "../../viewer/gestures";
import { Viewer } from "../../viewer/viewer";
import type { CaseImage, Companion } from "../contract";
import { Directions } from "../directions";
import { infoOf, firstWindow } from "../display";
import { levelUrl, type Level, type Levels } from "../levels";
import { messages } from "../messages";
import type { Linked } from "./link";

export interface Owner {
  readonly levels: Levels;
  readonly grip: (pointer: string) => Grip;
  /** The reader has touched this pane. */
  touched(pane: Pane): void;
  /** What it shows, or how, is another. */
  changed(pane: Pane): void;
  chosen(pane: Pane, id: string): void;
}

export class Pane implements Linked {
  readonly node: HTMLElement;
  readonly viewer: Viewer;
  image: CaseImage | null = null;
  level: Level | "none" = "none";
  private readonly owner: Owner;
  private readonly label: HTMLElement;
  private readonly chooser: HTMLSelectElement;
  private readonly note: HTMLElement;
  private readonly turned: HTMLElement;
  private readonly directions: Directions;
  private readonly retry: HTMLButtonElement;

  /** Throws NoWebgl. */
  constructor(pattern: HTMLTemplateElement, owner: Owner) {
    this.node = element(".pane", HTMLElement, pattern.content).cloneNode(true) as HTMLElement;
    this.owner = owner;
    this.label = element("[data-label]", HTMLElement, this.node);
    this.chooser = element("select", HTMLSelectElement, this.node);
    this.turned = element("[data-turned]", HTMLElement, this.node);
    this.directions = new Directions(element(".directions", HTMLElement, this.node));
    this.note = element(".stage-note", HTMLElement, this.node);
    this.retry = element(".stage-retry", HTMLButtonElement, this.node);
    const canvas = element("canvas", HTMLCanvasElement, this.node);
    this.viewer = new Viewer(canvas, {
      changed: () => this.drawn(),
      lost: () => this.reach("none", messages.contextLost),
      restored: () => this.load(),
    });
    new Gestures(canvas, this.viewer, owner.grip);
    for (const touch of ["pointerdown", "wheel", "focusin"]) this.node.addEventListener(touch, () => owner.touched(this), { capture: true, passive: true });
    this.chooser.addEventListener("change", () => owner.chosen(this, this.chooser.value));
    this.retry.addEventListener("click", () => this.load());
  }

  get first() {
    return firstWindow(this.image);
  }

  /** Announce an image; its pixels come with `load`. With `choices` the reader may choose another one. */
  hang({ image, label }: Companion, choices: readonly Companion[]): void {
    const canvas = this.viewer.canvas;
    this.label.textContent = label;
    this.chooser.replaceChildren(...choices.map((choice) => new Option(choice.label, choice.image.id, false, choice.image.id === image.id)));
    this.chooser.hidden = choices.length === 0;
    this.label.hidden = choices.length > 0;
    this.node.setAttribute("aria-label", messages.companion(label));
    canvas.setAttribute("aria-label", `${label}: ${image.alt}`);
    if (this.image?.id === image.id) return;
    this.image = image;
    this.directions.open(image.orientation);
    this.viewer.open(infoOf(image), firstWindow(image), []);
    this.reach("none", messages.loading);
  }

  /** Give the image up. */
  clear(): void {
    if (!this.image) return;
    this.image = null;
    this.viewer.open(this.viewer.info, this.viewer.windowing, []);
    this.reach("none", "");
  }

  load(): void {
    if (this.image && this.level !== "full") void this.stream(this.image);
  }

  private async stream(image: CaseImage): Promise<void> {
    this.showMessage(this.level === "none" ? messages.loading : "");
    try {
      for (const level of ["half", "full"] as const) {
        const pixels = await this.owner.levels.get(image, level);
        if (this.image !== image) return;
        const drawn = await this.viewer.show(levelUrl(image, level), pixels);
        if (!drawn || this.image !== image) return;
        this.reach(level, "");
      }
    } catch (error) {
      if (this.image === image) this.showMessage(error instanceof RangeError ? error.message : messages.companionUnreadable, true);
    }
  }

  private drawn(): void {
    if (!this.image) return;
    const text = messages.orientation(this.viewer.orientation);
    if (this.turned.textContent !== text) this.turned.textContent = text;
    this.directions.layout(this.viewer.orientation);
    this.owner.changed(this);
  }

  private reach(level: Level | "none", note: string): void {
    this.level = level;
    this.node.dataset["level"] = level;
    this.showMessage(note);
    this.owner.changed(this);
  }

  private showMessage(text: string, again = false): void {
    this.note.textContent = text;
    this.note.hidden = text === "";
    this.retry.hidden = !again;
  }
}
