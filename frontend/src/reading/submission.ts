/** From Enter to the next case: what is sent, what locks meanwhile, what is said afterwards. */
import type { Problem } from "../net";
import type { SubmitBody, Turn } from "./contract";
import { SaveNotice } from "./notice";
import { Outbox, type Entry } from "./outbox";
import type { ReadingPage } from "./page";
import { Saving, type Desk, type SaveState, type Trouble } from "./saving";
import { announce } from "./announcer";
import { messages } from "./messages";

/** ms that a read, kept in this browser, lets the picture of the next case go before it on a busy machine. */
const PICTURE_FIRST = 300;

export class Submission implements Desk {
  private readonly page: ReadingPage;
  private readonly outbox: Outbox;
  private readonly saving: Saving;
  private readonly notice: SaveNotice;
  private mending = false;
  private awaiting: (() => void)[] = [];
  sending = false;

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

  /** Keep the read here, send it, and open the next case at once where nothing of this one is still to come. */
  submit(): void {
    const { opened, readiness, stage } = this.page;
    const { obstacle } = readiness;
    if (!opened || this.page.busy) return;
    if (obstacle !== null) {
      const [unsettled] = opened.answers.missing.length ? [] : opened.answers.unsettled;
      if (readiness.complete) readiness.submitWhenFull(() => this.submit());
      if (unsettled) opened.findings.go(opened.answers.findings.indexOf(unsettled));
      return announce(readiness.obstacle ?? obstacle);
    }
    this.mending = false;
    opened.answers.explain({});
    stage.timing.submitted();
    const { case: shown } = opened;
    const { assignment, pseudonym } = shown;
    const draft = this.page.drafts.name(shown);
    const [page, body] = [location.pathname + location.search, this.body(shown.version)];
    const entry = { url: shown.urls.submit, page, assignment, pseudonym, draft, at: Date.now(), body };
    this.saving.keep(entry); // before anything else happens
    this.page.over.add(draft);
    this.page.lock(true);
    const patience = this.goOn() ? stage.display.shown(PICTURE_FIRST) : Promise.resolve();
    void patience.then(() => this.saving.flush());
  }

  /** The case on screen is on its way: open the next one, if it is here, and tell whether it was. After a blind read the model is to come. */
  private goOn(): boolean {
    const next = this.page.queue.ready[0];
    if (!next || this.page.opened?.case.state === "blind" || !this.holdsCurrent) return false;
    this.page.lock(false);
    this.page.show(next);
    announce(messages.opened(next.case.pseudonym, next.case.findings.length));
    return true;
  }

  /** Resolves once no read is on its way to the server: stored, or not to be stored for now. */
  sent(): Promise<void> {
    return this.sending ? new Promise((resolve) => this.awaiting.push(resolve)) : Promise.resolve();
  }

  saveState(state: SaveState, trouble: Trouble | null, waiting: number): void {
    this.sending = state === "saving";
    if (!this.sending) for (const resolve of this.awaiting.splice(0)) resolve();
    const mending = this.mending && state === "saved";
    this.notice.show(mending ? "unsaved" : state, trouble, this.mending, waiting);
    if (state !== "saving") this.page.lock(this.holdsCurrent);
  }

  stored(entry: Entry, turn: Turn): void {
    const [here, seen] = [this.isCurrent(entry), this.page.over.has(entry.draft)];
    this.page.drafts.remove(entry.draft);
    this.page.over.add(entry.draft);
    if (here) return this.turn(turn);
    this.page.receive(turn);
    if (!seen) announce(messages.earlierSaved(entry.pseudonym));
    else if (turn.saved?.extra) announce(turn.saved.message);
    this.goOn();
  }

  /** The answer to the read of the case on screen. */
  private turn(turn: Turn): void {
    this.page.lock(false);
    this.page.turn(turn);
    const next = this.page.opened?.case;
    const opened = !next ? "" : next.state === "revealed" ? messages.revealed(next.pseudonym) : messages.opened(next.pseudonym, next.findings.length);
    announce([turn.saved?.message, opened].filter(Boolean).join(" "));
  }

  mends(entry: Entry, problem: Problem): boolean {
    const { opened } = this.page;
    if (!opened || !this.isCurrent(entry)) return false;
    const errors = problem.errors ?? {};
    this.mending = true;
    this.page.over.delete(entry.draft);
    this.page.lock(false);
    opened.answers.explain(errors);
    opened.findings.go(opened.answers.findings.findIndex(({ slug }) => slug in errors));
    return true;
  }

  private body(version: number): SubmitBody {
    const { opened, regions, stage, panel, clock, level } = this.page;
    return {
      key: crypto.randomUUID(),
      version,
      answers: opened?.answers.given ?? {},
      regions,
      measurements: stage.measuring.measures.measurements,
      comment: panel.comment.trim(),
      confidence: panel.confidence,
      active_ms: Math.round(clock.elapsed(performance.now())),
      level: level === "full" ? "full" : "half",
      known: this.page.known,
      seen: opened?.case.prediction ?? null,
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
