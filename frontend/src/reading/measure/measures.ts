/** The measures on the image: shown, selected, moved by keyboard, removed. They come with their case and go with it. */
import { element } from "../../dom";
import { toCanvas } from "../../viewer/geometry";
import type { Viewer } from "../../viewer/viewer";
import { arrowStep } from "../arrows";
import type { MeasurementData } from "../contract";
import { announce } from "../announcer";
import { messages } from "../messages";
import { moved, stretched, type Measure } from "./measure";
import { Note } from "./note";
import type { Subject } from "./subject";

const MOST = 50; // the server takes no more with one read
const LONGEST = 200; // characters of a result

export class Measures {
  private readonly layer = element("#measures", SVGGElement);
  private readonly caveat = element("#measure-note", HTMLElement);
  private readonly viewer: Viewer;
  private readonly selecting: () => void;
  private readonly changed: () => void;
  private subject: Subject | null = null;
  private frame = 0;
  private notes: Note[] = [];
  private selected: Note | null = null;

  /**
   * `selecting` is told when one is begun or selected, so that it is seen and nothing else is selected; `changed` when what
   * is stored with the read has changed.
   */
  constructor(viewer: Viewer, selecting: () => void, changed: () => void) {
    this.viewer = viewer;
    this.selecting = selecting;
    this.changed = changed;
  }

  /** In place of those of the case before. */
  load(measurements: readonly MeasurementData[]): void {
    for (const note of this.notes) note.node.remove();
    this.notes = [];
    this.selected = null;
    for (const { kind, points, frame, result } of measurements) this.insert({ kind, points }, frame).result = result;
    this.refresh();
  }

  /** Show the measures of this frame; those of others stay as they are, out of sight. */
  show(subject: Subject, frame: number): void {
    this.subject = subject;
    this.frame = frame;
    if (this.selected?.frame !== frame) this.select(null);
    for (const note of this.notes) this.place(note);
    this.refresh();
  }

  /** As the server stores them. */
  get measurements(): MeasurementData[] {
    return this.notes.filter(({ live }) => !live).map(({ measure: { kind, points }, frame, result }) => ({
      kind,
      points: points.map(([x, y]) => [x, y]),
      frame,
      result: result.slice(0, LONGEST),
    }));
  }

  /** Whether there is room for another; where there is none that is said. */
  get room(): boolean {
    const room = this.notes.length < MOST;
    if (!room) announce(messages.measuresFull(MOST));
    return room;
  }

  /** Remove those on screen. How many there were. */
  clear(): number {
    const { length } = this.here;
    for (const note of this.here) this.remove(note);
    return length;
  }

  /** A measure that still follows the pointer. */
  begin(measure: Measure): Note {
    const note = this.insert(measure, this.frame);
    note.live = true;
    this.selecting();
    this.change(note, measure);
    return note;
  }

  change(note: Note, measure: Measure): void {
    note.measure = measure;
    this.describe(note);
    note.layout((point) => toCanvas(this.viewer.overlayView, point));
    this.layoutCaveat();
    if (!note.live) this.changed();
  }

  /** It stays: selected, with the focus, so that the arrow keys move it at once. */
  keep(note: Note): void {
    note.live = false;
    note.node.focus({ preventScroll: true });
    announce(this.describe(note), false);
    this.changed();
  }

  remove(note: Note): void {
    note.node.remove();
    this.notes = this.notes.filter((each) => each !== note);
    if (this.selected === note) this.select(null);
    this.layoutCaveat();
    if (!note.live) this.changed();
  }

  /** False where none is selected. */
  removeSelected(): boolean {
    const gone = this.selected;
    if (gone) this.remove(gone);
    return gone !== null;
  }

  deselect(): void {
    this.select(null);
  }

  /** Place every measure where the view now has it. */
  layout(): void {
    const view = this.viewer.overlayView;
    for (const note of this.notes) note.layout((point) => toCanvas(view, point));
  }

  /** The full level is here: what waited for its values can be told now. */
  refresh(): void {
    for (const note of this.here) this.describe(note);
    this.layout();
    this.layoutCaveat();
  }

  /** Those of the frame on screen. */
  private get here(): Note[] {
    return this.notes.filter(({ frame }) => frame === this.frame);
  }

  private insert(measure: Measure, frame: number): Note {
    const note = new Note(measure, frame, this.viewer, (next) => this.change(note, next));
    note.node.addEventListener("focus", () => this.select(note));
    note.node.addEventListener("keydown", (event) => this.key(event, note));
    this.notes.push(note);
    this.layer.append(note.node);
    this.place(note);
    return note;
  }

  private place(note: Note): void {
    note.node.classList.toggle("is-elsewhere", note.frame !== this.frame);
  }

  private select(note: Note | null): void {
    if (note) this.selecting();
    this.selected = note;
    for (const each of this.notes) each.node.classList.toggle("is-selected", each === note);
  }

  private describe(note: Note): string {
    return this.subject ? note.describe(this.subject) : "";
  }

  private key(event: KeyboardEvent, note: Note): void {
    const step = arrowStep(event, this.viewer);
    if (!step) return;
    this.change(note, (event.shiftKey ? stretched : moved)(note.measure, ...this.viewer.inImage(step), this.viewer.info));
    announce(this.describe(note), false);
  }

  /** Under the image: what holds for every length and area on it. */
  private layoutCaveat(): void {
    const sized = this.here.some(({ measure: { kind } }) => kind === "length" || kind === "roi");
    const text = sized && this.subject ? messages.spacingNote(this.subject) : "";
    if (this.caveat.textContent !== text) this.caveat.textContent = text;
    this.caveat.hidden = text === "";
  }
}
