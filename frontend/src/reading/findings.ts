/** Which finding is selected, and how the keyboard goes from one to the next. */
import type { Answers } from "./answers";
import type { CaseFinding } from "./contract";

export class Findings {
  private readonly answers: Answers;
  private readonly changed: () => void;
  private index = 0;

  constructor(answers: Answers, changed: () => void) {
    this.answers = answers;
    this.changed = changed;
    answers.findings.forEach(({ slug }, index) => {
      answers.row(slug).addEventListener("focusin", () => this.show(index));
      answers.row(slug).addEventListener("click", () => this.show(index));
    });
    this.show(0);
  }

  get current(): CaseFinding | null {
    return this.answers.findings[this.index] ?? null;
  }

  /** Select by the digit beside the name. */
  byKey(key: number): void {
    this.go(this.answers.findings.findIndex((finding) => finding.key === key));
  }

  step(by: -1 | 0 | 1): void {
    this.go(this.index + by);
  }

  /** After an answer: the next finding that is still open, or simply the next one. */
  advance(): void {
    const open = this.answers.missing.map((finding) => this.answers.findings.indexOf(finding));
    this.go(open.find((index) => index > this.index) ?? open[0] ?? this.index + 1);
  }

  /** Select and focus, so that a screen reader says which finding it is. */
  go(index: number): void {
    if (!this.answers.findings[index]) return;
    this.show(index);
    this.focus();
  }

  /** Focus the selected finding with the page's next frame, unless the focus has gone elsewhere: it costs a layout, which the image of a case that is being opened shall not wait for. */
  focusSoon(): void {
    requestAnimationFrame(() => {
      if (document.activeElement === document.body) this.focus();
    });
  }

  private focus(): void {
    const { current } = this;
    if (!current) return;
    const row = this.answers.row(current.slug);
    (row.querySelector<HTMLInputElement>("input[type=number]") ?? row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }

  private show(index: number): void {
    this.index = index;
    this.answers.findings.forEach(({ slug }, at) => {
      const row = this.answers.row(slug);
      row.classList.toggle("is-current", at === index);
      if (at === index) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    });
    this.changed();
  }
}
