/** The image of the case on screen, all that is drawn on it, and the tools at hand. */
import { element } from "../dom";
import { Gestures } from "../viewer/gestures";
import { Viewer } from "../viewer/viewer";
import type { Case, RegionData } from "./contract";
import { Directions } from "./directions";
import { Display } from "./display";
import type { Draft } from "./drafts";
import { Drawing } from "./drawing";
import { describeCase, describeView } from "./statusbar";
import { Frames } from "./frames";
import { Hanging } from "./hanging/hanging";
import type { Level } from "./levels";
import { Magnifier } from "./magnifier";
import { Marks } from "./marks";
import { Measuring } from "./measure/measuring";
import { labelOf, nameOf, type OpenCase } from "./open_case";
import { Others } from "./others";
import { Toolbar } from "./toolbar";
import { Timing } from "./timing";
import { announce } from "./announcer";
import { messages } from "./messages";

const MOST_REGIONS = 200; // the server takes no more with one read

/** Whose stage it is. */
export interface Owner {
  readonly opened: OpenCase | null;
  /** A region or a measurement was drawn, moved or removed. */
  answersChanged(): void;
  /** More of the image is on screen, or less. */
  levelReached(level: Level | "none"): void;
}

export class Stage {
  readonly viewer: Viewer;
  readonly display: Display;
  readonly marks: Marks;
  readonly others: Others;
  readonly drawing: Drawing;
  readonly measuring: Measuring;
  readonly magnifier: Magnifier;
  readonly toolbar: Toolbar;
  readonly frames: Frames;
  readonly hanging: Hanging;
  readonly timing = new Timing();
  private readonly owner: Owner;
  private readonly directions: Directions;

  /** Throws NoWebgl. */
  constructor(canvas: HTMLCanvasElement, user: string, owner: Owner) {
    this.owner = owner;
    this.viewer = new Viewer(canvas, {
      changed: () => this.viewChanged(),
      lost: () => this.display.blank(),
      restored: () => this.display.reload(),
    });
    this.display = new Display(this.viewer, () => this.levelChanged());
    const names = { label: (slug: string) => labelOf(owner.opened, slug), name: (slug: string) => nameOf(owner.opened, slug) };
    this.marks = new Marks(this.viewer, names, () => owner.answersChanged());
    this.others = new Others(this.viewer);
    this.drawing = new Drawing(this.marks.surface, this.viewer, () => owner.opened?.findings.current?.slug ?? null, (region) => this.drawn(region));
    this.measuring = new Measuring(this.marks.surface, this.viewer, {
      pixels: () => this.display.values,
      selecting: () => {
        this.marks.visible = true;
        this.marks.deselect();
      },
      done: () => this.toolbar.take("move"),
      changed: () => owner.answersChanged(),
    });
    const stage = element(".stage", HTMLElement);
    this.directions = new Directions(element(".directions", HTMLElement, stage));
    this.magnifier = new Magnifier(stage, this.marks.surface, this.viewer);
    this.toolbar = new Toolbar(this.viewer, this);
    new Gestures(stage, this.viewer, (pointer) => this.toolbar.grip(pointer));
    this.frames = new Frames(this.display, this.marks, stage, (frame) => {
      this.measuring.show(frame);
      this.toolbar.offer(frame.windows);
      owner.opened?.maps.turned(frame.frame);
      this.others.show(frame.frame);
    });
    this.hanging = new Hanging(stage, this.viewer, (pointer) => (this.toolbar.grip(pointer) === "level" ? "level" : "move"), user);
  }

  /** What is drawn on the case that the display shows, and what is known of its image. */
  open(shown: Case): void {
    this.marks.load(shown.marks);
    this.others.load(shown.others, ({ letter, finding }) => `${letter} · ${nameOf(this.owner.opened, finding)}`);
    this.marks.visible = true;
    this.toolbar.open(shown.image.windows);
    this.frames.open(shown.image);
    this.measuring.measures.load(shown.measurements); // their results are of the frame that is on screen by now
    this.hanging.open(shown);
    this.viewer.canvas.setAttribute("aria-label", shown.image.alt);
    this.directions.open(shown.image.orientation);
    describeCase(shown.image_check, shown.image.columns, shown.image.rows);
  }

  /** What the reader had drawn before. */
  restore({ regions, measurements = [] }: Draft): void {
    this.marks.load(regions);
    this.measuring.measures.load(measurements);
  }

  close(): void {
    this.display.close();
    this.hanging.close();
    this.marks.load([]);
    this.others.load([], () => "");
    this.measuring.measures.load([]);
  }

  /** While a read is on its way, its regions stay as they are. */
  lock(locked: boolean): void {
    this.marks.surface.classList.toggle("is-locked", locked);
  }

  /** Says what the display shows, as for a case that has just been opened over its image. */
  levelChanged(): void {
    const { level } = this.display;
    const { opened } = this.owner;
    document.body.dataset["level"] = level;
    this.hanging.mainReached(level);
    if (!opened) return;
    if (level !== "none") {
      document.body.dataset["drawn"] = opened.case.assignment;
      this.timing.drawn(level);
    }
    if (level === "full") this.measuring.measures.refresh();
    this.viewChanged();
    this.owner.levelReached(level);
  }

  private drawn(region: RegionData): void {
    if (this.marks.regions.length >= MOST_REGIONS) return announce(messages.regionsFull(MOST_REGIONS));
    this.marks.add(region);
    this.toolbar.take("move");
  }

  private viewChanged(): void {
    if (!this.owner.opened) return;
    this.marks.layout();
    this.others.layout();
    this.drawing.layout();
    this.measuring.measures.layout();
    this.magnifier.layout();
    this.toolbar.update();
    this.directions.layout(this.viewer.orientation);
    this.hanging.changed(this.viewer);
    describeView(this.viewer, this.display.level);
  }
}
