/** One case after the other: what is on screen belongs together, and changes together. */
import { element } from "../dom";
import { post, type Outcome } from "../net";
import { Answers } from "./answers";
import { AttentionMaps } from "./attention";
import { pageClock } from "./clock";
import type { Case, Prepared, RegionData, Turn, Upcoming } from "./contract";
import { Drafts } from "./drafts";
import { Prerender } from "./prerender";
import { Findings } from "./findings";
import { describeKeys } from "./hints";
import type { KeyMap } from "./keymap";
import type { Level } from "./levels";
import type { OpenCase } from "./open_case";
import { Panel } from "./panel";
import { Queue } from "./queue";
import { Readiness } from "./readiness";
import { showSimilar } from "./similar";
import { Stage } from "./stage";
import { Undo } from "./undo";
import { announce } from "./announcer";
import { messages } from "./messages";

export class ReadingPage {
  readonly keys: KeyMap;
  readonly stage: Stage;
  readonly panel = new Panel();
  readonly readiness: Readiness;
  readonly clock = pageClock();
  readonly drafts: Drafts;
  opened: OpenCase | null = null;
  undo: Undo | null = null;
  /** Names (as drafts have) of the cases whose reads were submitted from here. */
  readonly over = new Set<string>();
  readonly queue = new Queue((shown) => this.over.has(this.drafts.name(shown)), () => this.opened?.case.assignment ?? null);
  private readonly prerender: Prerender;
  private leaving = false;
  private locked = false;

  /** Throws NoWebgl. */
  constructor(canvas: HTMLCanvasElement, user: string, keys: KeyMap) {
    this.keys = keys;
    this.prerender = new Prerender(keys);
    keys.onChange(() => describeKeys(document, keys));
    describeKeys(document, keys);
    this.drafts = new Drafts(user);
    this.drafts.prune(Date.now());
    this.readiness = new Readiness(this, this.panel.node);
    this.stage = new Stage(canvas, user, this);
    this.panel.node.addEventListener("input", () => this.answersChanged());
  }

  /** The case that the page came with. */
  start(shown: Case, upcoming: readonly Upcoming[]): void {
    this.queue.take(upcoming);
    this.stage.display.open(shown.image, this.queue.images);
    this.open(shown);
    this.expect();
  }

  /** What the server answers when it names the case to be shown: that one, or the end of the queue. */
  turn(turn: Turn): void {
    this.opened = null;
    this.queue.take(turn.upcoming);
    const next = this.queue.ready[0] ?? this.queue.first; // the latter: its read is kept here and not saved
    if (next) this.show(next);
    else this.close(turn);
    this.receive(turn);
  }

  /** What the server says of the read before and of the cases after, while the case on screen stays. */
  receive(turn: Turn): void {
    this.queue.take(turn.upcoming);
    this.stage.display.expect(this.queue.images);
    this.expect();
    const position = this.queue.position(this.opened?.case.assignment ?? "");
    if (position !== null) element("[data-position]", HTMLElement).innerHTML = position;
    for (const slot of document.querySelectorAll("[data-last]")) {
      slot.innerHTML = turn.last;
      describeKeys(slot, this.keys);
    }
    this.offerUndo();
  }

  /** Replace the case, its header and its panel in one go. */
  show(prepared: Prepared): void {
    const { case: shown, url } = prepared;
    this.opened = null;
    this.stage.display.open(shown.image, this.queue.images.filter(({ id }) => id !== shown.image.id)); // drawn while the panel is built
    this.panel.replace(this.prerender.take(prepared));
    history.replaceState(null, "", url);
    this.open(shown);
  }

  /** Post something that ends in another case, which is then on screen. */
  async leave(url: string, body: object): Promise<Outcome<Turn>> {
    this.leaving = true;
    const outcome = await post<Turn>(url, { ...body, known: this.known });
    this.leaving = false;
    if (outcome.kind === "ok") this.turn(outcome.body);
    return outcome;
  }

  /** What the server need not send again. During a blind read nothing is said of cases that come with a suggestion. */
  get known(): string[] {
    return this.opened?.case.state === "blind" ? [] : this.queue.tokens;
  }

  /** The case on screen is about to be replaced: nothing else may start. */
  get busy(): boolean {
    return this.leaving || this.locked;
  }

  /** While a read is on its way, what it holds stays as it is. */
  lock(locked: boolean): void {
    this.locked = locked;
    this.panel.lock(locked);
    this.stage.lock(locked);
  }

  /** What the reader has said so far is kept in this browser, and the panel tells what it amounts to. */
  answersChanged(): void {
    if (!this.opened || this.busy) return;
    this.readiness.forget();
    const { case: shown, answers } = this.opened;
    const { comment, confidence } = this.panel;
    const { measurements } = this.stage.measuring.measures;
    this.drafts.put(shown, { answers: answers.given, regions: this.regions, measurements, comment, confidence, at: Date.now() });
    this.readiness.tell();
  }

  levelReached(level: Level | "none"): void {
    this.readiness.tell();
    if (level === "full") this.readiness.carryOut();
  }

  get level(): Level | "none" {
    return this.stage.display.level;
  }

  get regions(): RegionData[] {
    return this.stage.marks.regions;
  }

  count(slug: string): number {
    return this.stage.marks.count(slug);
  }

  /** The cases ahead are others now. */
  private expect(): void {
    const { ready } = this.queue;
    this.prerender.expect(ready);
    this.stage.hanging.expect(ready[0]?.case ?? null);
  }

  /** Bring a case to life whose header and panel are in the page already. */
  private open(shown: Case): void {
    this.opened = null; // whoever listens below would speak of the case before
    this.readiness.forget();
    this.follow({ case: shown.assignment, version: String(shown.version), state: shown.state });
    this.stage.timing.opened();
    const answers = new Answers(this.panel.node, shown.findings);
    const findings = new Findings(answers, () => this.readiness.tell());
    this.opened = { case: shown, answers, findings, maps: new AttentionMaps(this.stage.viewer, this.panel.node, shown.findings) };
    this.stage.open(shown);
    void showSimilar(this.panel.node);
    this.clock.reset(performance.now());
    this.restore(shown, answers);
    this.stage.levelChanged();
    findings.focusSoon();
  }

  private restore(shown: Case, answers: Answers): void {
    const draft = this.drafts.get(shown);
    if (!draft) return;
    answers.restore(draft.answers);
    this.stage.restore(draft);
    this.panel.restore(draft);
    announce(messages.draftRestored);
  }

  private close({ finished, url, leave }: Turn): void {
    this.stage.close();
    this.panel.finish(finished ?? "");
    history.replaceState(null, "", url);
    this.follow({ case: "", version: "", state: "finished", drawn: "" });
    element("h1", HTMLElement).focus();
    if (leave) location.replace(leave);
  }

  private follow(state: Record<string, string>): void {
    Object.assign(document.body.dataset, state);
    document.title = messages.title(element("h1", HTMLElement).textContent);
    this.offerUndo();
  }

  private offerUndo(): void {
    this.undo?.stop();
    this.undo = new Undo(document.body, performance.now());
  }
}
