/** Whether the case on screen can be submitted, and the Enter that waits until it can. */
import type { RegionData } from "./contract";
import { contradictions } from "./contradictions";
import type { KeyMap } from "./keymap";
import type { Named } from "./keys";
import type { Level } from "./levels";
import { nameOf, type OpenCase } from "./open_case";
import { describeAnswers } from "./progress";
import { messages } from "./messages";

/** Of whose case it is told. */
export interface Subject {
  readonly opened: OpenCase | null;
  readonly keys: KeyMap;
  readonly level: Level | "none";
  readonly regions: readonly RegionData[];
  /** How many regions a finding has. */
  count(slug: string): number;
}

export class Readiness {
  private readonly subject: Subject;
  private readonly panel: HTMLElement;
  private waiting: (() => void) | null = null;

  constructor(subject: Subject, panel: HTMLElement) {
    this.subject = subject;
    this.panel = panel;
  }

  /** Why the case cannot be submitted yet, or null where it can. */
  get obstacle(): string | null {
    const { opened, level } = this.subject;
    const missing = opened?.answers.missing ?? [];
    if (missing.length) return messages.missing(missing);
    const [contradicted] = Object.values(this.contradictions);
    if (contradicted !== undefined) return contradicted;
    const [unsettled] = opened?.answers.unsettled ?? [];
    if (unsettled?.against) return messages.unsettled(unsettled.name, unsettled.against, this.keyText("contradiction.keep", messages.keep), this.keyText("contradiction.change", messages.change));
    if (level === "full") return null;
    return this.waiting ? messages.submitsWhenFull : messages.fullLoading;
  }

  /** Whether nothing but the full-resolution image is missing. */
  get complete(): boolean {
    return [messages.fullLoading, messages.submitsWhenFull].includes(this.obstacle ?? "");
  }

  /** Submit once the full-resolution image is on screen, unless an answer changes before. */
  submitWhenFull(submit: () => void): void {
    this.waiting = submit;
    this.tell();
  }

  /** An answer has changed, or the case: no Enter waits any more. */
  forget(): void {
    this.waiting = null;
  }

  /** The full-resolution image is on screen: the Enter that waited for it, unless the reader is at something else by now. */
  carryOut(): void {
    const submit = this.waiting;
    this.waiting = null;
    if (document.querySelector("dialog[open]")) return this.tell();
    submit?.();
  }

  /** Say in the panel what is answered, what is open and what keeps the case from being submitted. */
  tell(): void {
    const { opened } = this.subject;
    if (!opened) return;
    const { answers } = opened;
    answers.contradict(this.contradictions);
    describeAnswers(this.panel, answers, this.drawn, this.obstacle, answers.rest((slug) => this.subject.count(slug) > 0));
  }

  /** How many regions the selected finding has, and whose the others are. */
  private get drawn(): string {
    const { opened, regions } = this.subject;
    const current = opened?.findings.current;
    if (!current) return "";
    const elsewhere = regions.filter(({ finding }) => finding !== current.slug);
    return messages.drawn(current.name, this.subject.count(current.slug), elsewhere.map(({ finding }) => nameOf(opened, finding)));
  }

  private get contradictions(): Record<string, string> {
    const { opened, regions } = this.subject;
    return opened ? contradictions(opened.case.findings, opened.answers.given, regions) : {};
  }

  /** The key that does it, or where single keys are off what the button is called. */
  private keyText(command: Named, button: string): string {
    const { keys } = this.subject;
    return keys.works(command) ? messages.key(keys.keyOf(command)) : button;
  }
}
