/** The regions on the image: shown, selected, moved and resized by keyboard, deleted, hidden. */
import { element } from "../dom";
import { toCanvas } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";
import { arrowStep } from "./arrows";
import type { RegionData } from "./contract";
import { Mark } from "./mark";
import { moved, resized } from "./regions";

export interface Names {
  /** "6 Nodule or mass" on the image, "Nodule or mass" when spoken. */
  label(finding: string): string;
  name(finding: string): string;
}

export class Marks {
  readonly surface = element("#marks", SVGSVGElement);
  private readonly viewer: Viewer;
  private readonly names: Names;
  private readonly changed: () => void;
  private marks: Mark[] = [];
  private selected: Mark | null = null;
  private shown = 0;

  constructor(viewer: Viewer, names: Names, changed: () => void) {
    this.viewer = viewer;
    this.names = names;
    this.changed = changed;
  }

  get regions(): RegionData[] {
    return this.marks.map((mark) => mark.region);
  }

  count(finding: string): number {
    return this.marks.filter((mark) => mark.region.finding === finding).length;
  }

  load(regions: readonly RegionData[]): void {
    for (const mark of this.marks) mark.node.remove();
    this.marks = [];
    this.selected = null;
    for (const region of regions) this.insert(region);
    this.layout();
  }

  get frame(): number {
    return this.shown;
  }

  /** Show the regions of this frame; those of others stay as they are, out of sight. */
  set frame(frame: number) {
    this.shown = frame;
    if (this.selected && frameOf(this.selected) !== frame) this.select(null);
    for (const mark of this.marks) this.place(mark);
  }

  /** Add a region to the frame on screen, select it and give it the focus, so that the arrow keys move it at once. */
  add(region: RegionData): void {
    const mark = this.insert({ ...region, frame: this.shown });
    this.visible = true;
    this.select(mark);
    mark.node.focus({ preventScroll: true });
    this.changed();
  }

  /** Remove the selected region. False where none is. */
  removeSelected(): boolean {
    const gone = this.selected;
    if (!gone) return false;
    gone.node.remove();
    this.marks = this.marks.filter((mark) => mark !== gone);
    this.select(null);
    this.changed();
    return true;
  }

  get visible(): boolean {
    return !this.surface.classList.contains("is-off");
  }

  set visible(on: boolean) {
    this.surface.classList.toggle("is-off", !on);
  }

  /** Place every region where the view now has it. */
  layout(): void {
    const view = this.viewer.overlayView;
    for (const mark of this.marks) mark.layout((point) => toCanvas(view, point), this.names);
  }

  deselect(): void {
    this.select(null);
  }

  private insert(region: RegionData): Mark {
    const mark = new Mark(region, this.viewer, (next) => this.change(mark, next));
    mark.node.addEventListener("focus", () => this.select(mark));
    mark.node.addEventListener("keydown", (event) => this.key(event, mark));
    this.marks.push(mark);
    this.surface.append(mark.node);
    this.place(mark);
    return mark;
  }

  private place(mark: Mark): void {
    mark.node.classList.toggle("is-elsewhere", frameOf(mark) !== this.shown);
  }

  private select(mark: Mark | null): void {
    this.selected = mark;
    for (const each of this.marks) each.node.classList.toggle("is-selected", each === mark);
    this.layout();
  }

  private change(mark: Mark, region: RegionData): void {
    mark.region = region;
    this.layout();
    this.changed();
  }

  /** Arrows move it on screen, with Shift they move its right or lower edge there, however the image is turned. */
  private key(event: KeyboardEvent, mark: Mark): void {
    const step = arrowStep(event, this.viewer);
    if (!step) return;
    const { viewer } = this;
    const [dx, dy] = viewer.inImage(step);
    const [right, lower] = [viewer.inImage([1, 0]), viewer.inImage([0, 1])];
    const edges = [right[0] + lower[0], right[1] + lower[1]] as const; // 1: the edge with the larger x or y, -1: the other
    this.change(mark, event.shiftKey ? resized(mark.region, dx, dy, edges, viewer.info) : moved(mark.region, dx, dy, viewer.info));
  }
}

function frameOf(mark: Mark): number {
  return mark.region.frame ?? 0;
}
