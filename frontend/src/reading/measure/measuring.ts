/** Measuring on the image: the measures, the hand that draws them, and the value under the pointer. */
import { element } from "../../dom";
import type { Pixels } from "../../viewer/textures";
import type { Viewer } from "../../viewer/viewer";
import type { CaseImage } from "../contract";
import { readout } from "./label";
import type { MeasureKind } from "./measure";
import { Measures } from "./measures";
import { Sketch } from "./sketch";
import { subjectOf, type Subject } from "./subject";

/** What measuring asks of the page around it. */
export interface Bench {
  /** The full level's stored values, or null while they are on their way. */
  pixels(): Pixels | null;
  /** A measure is begun or selected: it has to be seen, and nothing else may be selected. */
  selecting(): void;
  /** A measure is finished: the tool may be put down. */
  done(): void;
  /** What is stored with the read has changed. */
  changed(): void;
}

export class Measuring {
  readonly measures: Measures;
  private readonly sketch: Sketch;
  private readonly probe = element("#status-probe", HTMLElement);
  private readonly viewer: Viewer;
  private readonly bench: Bench;
  private subject: Subject | null = null;

  constructor(surface: SVGSVGElement, viewer: Viewer, bench: Bench) {
    this.viewer = viewer;
    this.bench = bench;
    this.measures = new Measures(viewer, () => bench.selecting(), () => bench.changed());
    this.sketch = new Sketch(surface, viewer, this.measures, () => bench.done());
    surface.addEventListener("focusin", ({ target }) => target instanceof Element && !target.closest(".measure") && this.measures.deselect());
    surface.addEventListener("pointermove", (event) => this.follow(event));
    surface.addEventListener("pointerleave", () => this.tell(""));
  }

  /** An image, or one of its frames, comes on screen. */
  show(image: CaseImage): void {
    this.sketch.cancel();
    this.subject = subjectOf(image, () => this.bench.pixels());
    this.measures.show(this.subject, image.frame);
    this.tell("");
  }

  /** Take a measuring tool in hand, or none. */
  take(kind: MeasureKind | null): void {
    this.sketch.cancel();
    this.sketch.kind = kind;
    this.tell("");
  }

  place(kind: MeasureKind): void {
    this.sketch.place(kind);
  }

  /** Drop what is half drawn. False where nothing is. */
  cancel(): boolean {
    return this.sketch.cancel();
  }

  private follow(event: PointerEvent): void {
    if (this.sketch.kind === "probe" && this.subject) this.tell(readout(this.viewer.at(event), this.subject));
  }

  private tell(text: string): void {
    if (this.probe.textContent !== text) this.probe.textContent = text;
  }
}
