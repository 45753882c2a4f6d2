/** The attention map over the image: which finding's, how strong, or off. Off at the start of every case. */
import { element, elements } from "../dom";
import type { Viewer } from "../viewer/viewer";
import type { CaseFinding } from "./contract";
import { attentionMap, ImageUnreadable } from "./levels";
import { announce } from "./announcer";
import { messages } from "./messages";

const STEP = 5; // percent
const SILENT = 0.25 * 255; // below it the overlay shows next to nothing (shaders.ts)

export class AttentionMaps {
  private readonly viewer: Viewer;
  private readonly findings: readonly CaseFinding[];
  private readonly choices: HTMLInputElement[];
  private readonly slider: HTMLInputElement | null;
  private readonly output: HTMLOutputElement | null;
  private readonly note = element("#map-note", HTMLElement);
  private frame = 0;

  /** `panel` holds the chooser while the model is shown, nothing otherwise. */
  constructor(viewer: Viewer, panel: HTMLElement, findings: readonly CaseFinding[]) {
    this.viewer = viewer;
    this.findings = findings;
    this.choices = elements("input[name=map]", HTMLInputElement, panel);
    this.slider = panel.querySelector("#map-opacity");
    this.output = panel.querySelector("output[for=map-opacity]");
    this.viewer.attend(null);
    this.note.hidden = true;
    for (const choice of this.choices) choice.addEventListener("change", () => void this.show(choice.value));
    this.slider?.addEventListener("input", () => this.setOpacity());
    this.setOpacity();
  }

  /** Off where any map is on; else the map of this finding. */
  toggle(finding: CaseFinding): void {
    const on = this.choices.some((choice) => choice.checked && choice.value !== "");
    const wanted = this.choices.find((choice) => choice.value === (on ? "" : finding.slug));
    if (wanted) this.choose(wanted);
    else if (this.choices.length) announce(messages.mapMissing(finding.name));
  }

  /** The next finding's map, or off after the last. */
  next(): void {
    const at = this.choices.findIndex((choice) => choice.checked);
    const choice = this.choices[(at + 1) % Math.max(this.choices.length, 1)];
    if (choice) this.choose(choice);
  }

  stronger(direction: 1 | -1): void {
    if (!this.slider) return;
    this.slider.valueAsNumber += direction * STEP;
    this.setOpacity();
  }

  /** The model has looked at the first frame alone: over another one there is no map. */
  turned(frame: number): void {
    this.frame = frame;
    if (frame !== 0 && this.choices.some((choice) => choice.checked && choice.value !== "")) this.decline();
  }

  private decline(): void {
    const off = this.choices.find((choice) => choice.value === "");
    if (off) this.choose(off);
    announce(messages.mapOfFirstFrame);
  }

  private choose(choice: HTMLInputElement): void {
    choice.checked = true;
    void this.show(choice.value);
  }

  private async show(slug: string): Promise<void> {
    const finding = this.findings.find((each) => each.slug === slug);
    if (!finding?.map_url) {
      this.viewer.attend(null);
      this.note.hidden = true;
      announce(messages.mapOff, false);
      return;
    }
    if (this.frame !== 0) return this.decline();
    try {
      const map = await attentionMap(finding.map_url);
      if (!this.choices.some((choice) => choice.isConnected && choice.checked && choice.value === slug)) return; // chosen otherwise meanwhile
      const empty = map.data.every((level) => level <= SILENT);
      this.viewer.attend(map);
      this.note.textContent = empty ? messages.mapEmpty : messages.mapNote;
      this.note.hidden = false;
      announce(empty ? messages.mapEmpty : messages.mapOn(finding.name), empty);
    } catch (error) {
      if (!(error instanceof ImageUnreadable || error instanceof TypeError)) throw error;
      announce(messages.mapFailed);
    }
  }

  private setOpacity(): void {
    if (!this.slider) return;
    this.viewer.setOpacity(this.slider.valueAsNumber / 100);
    if (this.output) this.output.textContent = messages.opacity(this.slider.valueAsNumber);
  }
}
