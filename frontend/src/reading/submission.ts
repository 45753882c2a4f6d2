/** From Enter to the next case: what is sent, what locks meanwhile, what is said afterwards. */
import type { Problem } from "../net";
import type { SubmitBody, Turn } from "./contract";
import { SaveNotice } from "./notice";
import { Outbox, type Entry } from "./outbox";
import type { ReadingPage } from "./page";
import { Saving, type Desk, type SaveState, type Trouble } from "./saving";
import { say } from "./voice";
import { words } from "./words";

export class Submission implements Desk {
  private readonly page: ReadingPage;
  private readonly outbox: Outbox;
  private readonly saving: Saving;
  private readonly notice: SaveNotice;
  private mending = false;

  constructor(page: ReadingPage, user: string) {
    this.page = page;
    this.outbox = new Outbox(user);
    this.saving = new Saving(this.outbox, this);
    this.notice = new SaveNotice(this.saving);
  }

  /** Reads that an earlier page could not save. */
  resume(): void {
    this.page.lock(this.holdsCurrent);
    void this.saving.flush();
  }

  submit(): void {
    const { opened, obstacle } = this.page;
    if (!opened || this.page.busy) return;
    if (obstacle !== null) return say(obstacle);
    this.mending = false;
    opened.answers.explain({});
    this.page.timing.submitted();
    const { case: shown } = opened;
    const { assignment, pseudonym } = shown;
    const entry = { url: shown.urls.submit, assignment, pseudonym, draft: this.page.drafts.name(shown), body: this.body(shown.version) };
    this.page.lock(true);
    void this.saving.submit(entry);
  }

  saveState(state: SaveState, trouble: Trouble | null): void {
    this.notice.show(this.mending && state === "saved" ? "unsaved" : state, trouble, this.mending);
    if (state !== "saving") this.page.lock(this.holdsCurrent);
  }

  stored(entry: Entry, turn: Turn): void {
    const here = this.isCurrent(entry);
    this.page.drafts.remove(entry.draft);
    if (!here) return say(words.earlierSaved(entry.pseudonym));
    this.page.lock(false);
    this.page.turn(turn);
    const next = turn.case;
    const opened = !next ? "" : next.state === "revealed" ? words.revealed(next.pseudonym) : words.opened(next.pseudonym, next.findings.length);
    say([turn.saved?.message, opened].filter(Boolean).join(" "));
  }

  mends(entry: Entry, problem: Problem): boolean {
    const { opened } = this.page;
    if (!opened || !this.isCurrent(entry)) return false;
    const errors = problem.errors ?? {};
    this.mending = true;
    this.page.lock(false);
    opened.answers.explain(errors);
    opened.findings.go(opened.answers.findings.findIndex(({ slug }) => slug in errors));
    return true;
  }

  private body(version: number): SubmitBody {
    const { opened, marks, clock, comment, display } = this.page;
    return {
      key: crypto.randomUUID(),
      version,
      answers: opened?.answers.given ?? {},
      regions: marks.regions,
      comment: comment.trim(),
      active_ms: Math.round(clock.elapsed(performance.now())),
      level: display.level === "full" ? "full" : "half",
    };
  }

  private isCurrent(entry: Entry): boolean {
    const shown = this.page.opened?.case;
    return shown !== undefined && this.page.drafts.name(shown) === entry.draft;
  }

  private get holdsCurrent(): boolean {
    return this.outbox.entries.some((entry) => this.isCurrent(entry));
  }
}
