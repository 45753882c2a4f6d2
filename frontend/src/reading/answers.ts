/** The answers as they stand in the panel's form. The form is the only place that holds them. */
import { element, elements } from "../dom";
import type { Answer, CaseFinding } from "./contract";

export type Given = Record<string, Answer>;

export class Answers {
  readonly findings: readonly CaseFinding[];
  private readonly panel: HTMLElement;
  private refused: Record<string, string> = {};
  private contradicted: Record<string, string> = {};

  constructor(panel: HTMLElement, findings: readonly CaseFinding[]) {
    this.panel = panel;
    this.findings = findings;
    for (const { slug } of findings) this.row(slug).addEventListener("input", (event) => this.touched(slug, event));
  }

  row(slug: string): HTMLFieldSetElement {
    return element(`fieldset[data-finding="${CSS.escape(slug)}"]`, HTMLFieldSetElement, this.panel);
  }

  of(slug: string): Answer | null {
    const row = this.row(slug);
    const chosen = row.querySelector<HTMLInputElement>("input:checked")?.value;
    const typed = row.querySelector<HTMLInputElement>("input[type=number]")?.valueAsNumber;
    const value = chosen ?? (typed !== undefined && Number.isFinite(typed) ? typed : null);
    if (value === null) return null;
    const answer: Answer = { value };
    if (row.dataset["bulk"] === "yes") answer.bulk = true;
    if (row.dataset["kept"] === "yes") answer.kept = true;
    return answer;
  }

  /** Findings whose answer the model strongly contradicts, and of which the reader has not said that they keep it. */
  get unsettled(): CaseFinding[] {
    return this.findings.filter(({ slug, against }) => {
      const answer = this.of(slug);
      return against !== null && answer?.value === against && answer.kept !== true;
    });
  }

  /** The answer stands against the model. */
  keep(slug: string): void {
    this.row(slug).dataset["kept"] = "yes";
    this.row(slug).dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** No answer, to be given anew. */
  clear(slug: string): void {
    for (const input of elements("input[type=radio]", HTMLInputElement, this.row(slug))) input.checked = false;
    this.row(slug).dispatchEvent(new Event("input", { bubbles: true }));
  }

  get given(): Given {
    return Object.fromEntries(this.findings.flatMap(({ slug }) => {
      const answer = this.of(slug);
      return answer ? [[slug, answer]] : [];
    }));
  }

  get missing(): CaseFinding[] {
    return this.findings.filter(({ slug }) => this.of(slug) === null);
  }

  /** Choose an option of a finding. False where it has no such option. */
  give(slug: string, value: string): boolean {
    const option = elements("input[type=radio], input[type=checkbox]", HTMLInputElement, this.row(slug)).find((input) => input.value === value);
    if (!option) return false;
    option.checked = true;
    option.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  /** What "confirm the rest" answers now. */
  rest(outlined: (slug: string) => boolean): CaseFinding[] {
    return this.missing.filter(({ slug, kind, above }) => kind === "binary" && above !== true && !outlined(slug));
  }

  /** Unanswered binary findings become absent, except those above their threshold or with a region, which stay open. */
  confirmRest(outlined: (slug: string) => boolean): { marked: number; above: number; outlined: number } {
    const open = this.missing.filter(({ kind }) => kind === "binary");
    const below = open.filter(({ above }) => above !== true);
    const rest = this.rest(outlined);
    for (const { slug } of rest) {
      this.give(slug, "absent");
      this.markBulk(slug, true);
    }
    return { marked: rest.length, above: open.length - below.length, outlined: below.length - rest.length };
  }

  /** The reader's own earlier answers, from a draft. */
  restore(given: Given): void {
    for (const [slug, { value, bulk, kept }] of Object.entries(given)) {
      if (!this.findings.some((finding) => finding.slug === slug)) continue;
      if (typeof value === "string") this.give(slug, value);
      else element("input[type=number]", HTMLInputElement, this.row(slug)).valueAsNumber = value;
      this.markBulk(slug, bulk === true);
      this.row(slug).dataset["kept"] = kept ? "yes" : "no";
    }
  }

  /** Says at each finding what the server found wrong with it, until it is answered anew; an empty record clears all. */
  explain(errors: Record<string, string>): void {
    this.refused = { ...errors };
    this.tell();
  }

  /** Says at each finding how its regions contradict its answer. */
  contradict(errors: Record<string, string>): void {
    this.contradicted = errors;
    this.tell();
  }

  private tell(): void {
    for (const { slug } of this.findings) {
      const note = element("[data-error]", HTMLElement, this.row(slug));
      const text = this.contradicted[slug] ?? this.refused[slug] ?? "";
      if (note.textContent !== text) note.textContent = text; // written again it would be spoken again
      note.hidden = text === "";
    }
  }

  /** Asks at each finding that is unsettled. */
  askUnsettled(): void {
    const open = new Set(this.unsettled.map(({ slug }) => slug));
    for (const { slug } of this.findings) {
      const question = this.row(slug).querySelector<HTMLElement>("[data-contradiction]");
      if (question) question.hidden = !open.has(slug);
    }
  }

  /** Names the first read at each finding whose answer now differs from it. */
  compareFirst(): void {
    for (const { slug } of this.findings) {
      const note = this.row(slug).querySelector<HTMLElement>("[data-first-read]");
      if (note) note.hidden = String(this.of(slug)?.value ?? "") === note.dataset["firstRead"];
    }
  }

  /**
   * What the reader touches by hand is no bulk answer any more, nor kept from before; a number and "not assessable" exclude each
   * other.
   */
  private touched(slug: string, event: Event): void {
    if (event.target === this.row(slug)) return;
    this.markBulk(slug, false);
    this.row(slug).dataset["kept"] = "no";
    delete this.refused[slug];
    const [number, unable] = ["number", "checkbox"].map((type) => this.row(slug).querySelector<HTMLInputElement>(`input[type=${type}]`));
    if (!number || !unable) return;
    if (event.target === number) unable.checked = false;
    else if (unable.checked) number.value = "";
  }

  private markBulk(slug: string, bulk: boolean): void {
    this.row(slug).dataset["bulk"] = bulk ? "yes" : "no";
  }
}
