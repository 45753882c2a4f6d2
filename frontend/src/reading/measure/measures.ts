/** The measures on the image: shown, selected, moved by keyboard, removed. They stay with the case and go with it. */
import { element } from "../../dom";
import { toCanvas } from "../../viewer/geometry";
import type { Viewer } from "../../viewer/viewer";
import { arrowStep } from "../arrows";
import { say } from "../voice";
import { words } from "../words";
import { linesOf } from "./label";
import { moved, stretched, type Measure } from "./measure";
import { Note } from "./note";
import type { Subject } from "./subject";

export class Measures {
  private readonly layer = element("#measures", SVGGElement);
  private readonly caveat = element("#measure-note", HTMLElement);
  private readonly viewer: Viewer;
  private readonly selecting: () => void;
  private subject: Subject | null = null;
  private notes: Note[] = [];
  private selected: Note | null = null;

  /** `selecting` is told when one is begun or selected, so that it is seen and nothing else is selected. */
  constructor(viewer: Viewer, selecting: () => void) {
    this.viewer = viewer;
    this.selecting = selecting;
  }

  /** Another image: the measures of the one before are gone. */
  open(subject: Subject): void {
    this.subject = subject;
    this.clear();
  }

  /** Each with what stands beside it. */
  get told(): { measure: Measure; result: string }[] {
    const { subject } = this;
    return subject ? this.notes.map(({ measure }) => ({ measure, result: linesOf(measure, subject).join(", ") })) : [];
  }

  /** How many were removed. */
  clear(): number {
    const { length } = this.notes;
    for (const note of [...this.notes]) this.remove(note);
    return length;
  }

  /** A measure that still follows the pointer. */
  begin(measure: Measure): Note {
    const note = new Note(measure, this.viewer, (next) => this.change(note, next));
    note.node.classList.add("is-live");
    note.node.addEventListener("focus", () => this.select(note));
    note.node.addEventListener("keydown", (event) => this.key(event, note));
    this.notes.push(note);
    this.layer.append(note.node);
    this.selecting();
    this.change(note, measure);
    return note;
  }

  change(note: Note, measure: Measure): void {
    note.measure = measure;
    this.describe(note);
    note.layout((point) => toCanvas(this.viewer.overlayView, point));
    this.layoutCaveat();
  }

  /** It stays: selected, with the focus, so that the arrow keys move it at once. */
  keep(note: Note): void {
    note.node.classList.remove("is-live");
    note.node.focus({ preventScroll: true });
    say(this.describe(note), false);
  }

  remove(note: Note): void {
    note.node.remove();
    this.notes = this.notes.filter((each) => each !== note);
    if (this.selected === note) this.select(null);
    this.layoutCaveat();
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
    for (const note of this.notes) this.describe(note);
    this.layout();
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
    this.change(note, (event.shiftKey ? stretched : moved)(note.measure, ...this.viewer.inImage(step), this.viewer.facts));
    say(this.describe(note), false);
  }

  /** Under the image: what holds for every length and area on it. */
  private layoutCaveat(): void {
    const sized = this.notes.some(({ measure: { kind } }) => kind === "length" || kind === "roi");
    const text = sized && this.subject ? words.spacingNote(this.subject) : "";
    if (this.caveat.textContent !== text) this.caveat.textContent = text;
    this.caveat.hidden = text === "";
  }
}
