/** One case after the other: what is on screen belongs together, and changes together. */
import { element } from "../dom";
import { post, type Outcome } from "../net";
import { Gestures } from "../viewer/gestures";
import { Viewer } from "../viewer/viewer";
import { Answers } from "./answers";
import { AttentionMaps } from "./attention";
import { pageClock } from "./clock";
import { confidenceIn, setConfidence, type Confidence } from "./confidence";
import { contradictions } from "./contradictions";
import type { Case, Prepared, SkipBody, Turn, Upcoming } from "./contract";
import { Directions } from "./directions";
import { Display } from "./display";
import { Drafts } from "./drafts";
import { Drawing } from "./drawing";
import { DrawnAhead } from "./drawn";
import { Findings } from "./findings";
import { describeCase, describeView } from "./foot";
import { Frames } from "./frames";
import { Hanging } from "./hanging/hanging";
import { describeKeys } from "./hints";
import type { KeyMap } from "./keymap";
import type { Named } from "./keys";
import { Magnifier } from "./magnifier";
import { Marks } from "./marks";
import { Others } from "./others";
import { Measuring } from "./measure/measuring";
import { describeAnswers } from "./progress";
import { Queue } from "./queue";
import { Rail } from "./rail";
import { reasonAsked, type Purpose } from "./reason";
import { Timing } from "./timing";
import { Undo } from "./undo";
import { say } from "./voice";
import { words } from "./words";

/** What a case brings with it and takes along when it leaves. */
export interface Opened {
  readonly case: Case;
  readonly answers: Answers;
  readonly findings: Findings;
  readonly maps: AttentionMaps;
}

const MOST_REGIONS = 200; // the server takes no more with one read

export class ReadingPage {
  readonly keys: KeyMap;
  readonly viewer: Viewer;
  readonly display: Display;
  readonly marks: Marks;
  readonly others: Others;
  readonly drawing: Drawing;
  readonly measuring: Measuring;
  readonly magnifier: Magnifier;
  readonly rail: Rail;
  readonly frames: Frames;
  readonly hanging: Hanging;
  readonly clock = pageClock();
  readonly timing = new Timing();
  readonly drafts: Drafts;
  opened: Opened | null = null;
  undo: Undo | null = null;
  /** Names (as drafts have) of the cases whose reads were submitted from here. */
  readonly over = new Set<string>();
  readonly queue = new Queue((shown) => this.over.has(this.drafts.name(shown)), () => this.opened?.case.assignment ?? null);
  private readonly drawnAhead: DrawnAhead;
  private enterWaits: (() => void) | null = null;
  private leaving = false;
  private locked = false;
  private readonly directions: Directions;
  private readonly header = element("#case-header", HTMLElement);
  private readonly panel = element("#panel", HTMLElement);
  private readonly finished = element("#finished", HTMLElement);

  /** Throws NoWebgl. */
  constructor(canvas: HTMLCanvasElement, user: string, keys: KeyMap) {
    this.keys = keys;
    this.drawnAhead = new DrawnAhead(keys);
    keys.onChange(() => describeKeys(document, keys));
    describeKeys(document, keys);
    this.drafts = new Drafts(user);
    this.drafts.prune(Date.now());
    this.viewer = new Viewer(canvas, {
      changed: () => this.viewChanged(),
      lost: () => this.display.blank(),
      restored: () => this.display.reload(),
    });
    this.display = new Display(this.viewer, () => this.levelChanged());
    const names = { label: (slug: string) => this.label(slug), name: (slug: string) => this.name(slug) };
    this.marks = new Marks(this.viewer, names, () => this.answersChanged());
    this.others = new Others(this.viewer);
    this.drawing = new Drawing(this.marks.surface, this.viewer, () => this.opened?.findings.current?.slug ?? null, (region) => {
      if (this.marks.regions.length >= MOST_REGIONS) return say(words.regionsFull(MOST_REGIONS));
      this.marks.add(region);
      this.rail.take("move");
    });
    this.measuring = new Measuring(this.marks.surface, this.viewer, {
      pixels: () => this.display.values,
      selecting: () => {
        this.marks.visible = true;
        this.marks.deselect();
      },
      done: () => this.rail.take("move"),
      changed: () => this.answersChanged(),
    });
    const stage = element(".stage", HTMLElement);
    this.directions = new Directions(element(".directions", HTMLElement, stage));
    this.magnifier = new Magnifier(stage, this.marks.surface, this.viewer);
    this.rail = new Rail(this.viewer, this);
    new Gestures(stage, this.viewer, (pointer) => this.rail.grip(pointer));
    this.frames = new Frames(this.display, this.marks, stage, (frame) => {
      this.measuring.show(frame);
      this.rail.offer(frame.windows);
      this.opened?.maps.turned(frame.frame);
      this.others.show(frame.frame);
    });
    this.hanging = new Hanging(stage, this.viewer, (pointer) => (this.rail.grip(pointer) === "level" ? "level" : "move"), user);
    this.panel.addEventListener("input", () => this.answersChanged());
  }

  /** The case that the page came with. */
  start(shown: Case, upcoming: readonly Upcoming[]): void {
    this.queue.take(upcoming);
    this.display.open(shown.image, this.queue.images);
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
    this.display.expect(this.queue.images);
    this.expect();
    const position = this.queue.position(this.opened?.case.assignment ?? "");
    if (position !== null) element("[data-position]", HTMLElement).innerHTML = position;
    for (const slot of document.querySelectorAll("[data-last]")) {
      slot.innerHTML = turn.last;
      describeKeys(slot, this.keys);
    }
    this.offerUndo();
  }

  /** The cases ahead are others now. */
  private expect(): void {
    const { ready } = this.queue;
    this.drawnAhead.expect(ready);
    this.hanging.expect(ready[0]?.case ?? null);
  }

  /** Replace the case, its header and its panel in one go. */
  show(prepared: Prepared): void {
    const { case: shown, url } = prepared;
    this.opened = null;
    this.display.open(shown.image, this.queue.images.filter(({ id }) => id !== shown.image.id)); // drawn while the panel is built
    const { header, panel } = this.drawnAhead.take(prepared);
    this.header.replaceChildren(header);
    this.panel.replaceChildren(panel);
    this.finished.replaceChildren();
    history.replaceState(null, "", url);
    this.open(shown);
  }

  /** Bring a case to life whose header and panel are in the page already. */
  private open(shown: Case): void {
    this.opened = null; // whoever listens below would speak of the case before
    this.enterWaits = null;
    this.follow({ case: shown.assignment, version: String(shown.version), state: shown.state });
    this.timing.opened();
    const answers = new Answers(this.panel, shown.findings);
    const findings = new Findings(answers, () => this.selectionChanged());
    this.opened = { case: shown, answers, findings, maps: new AttentionMaps(this.viewer, this.panel, shown.findings) };
    this.marks.load(shown.marks);
    this.others.load(shown.others, ({ letter, finding }) => `${letter} · ${this.name(finding)}`);
    this.marks.visible = true;
    this.rail.open(shown.image.windows);
    this.frames.open(shown.image);
    this.measuring.measures.load(shown.measurements); // their results are of the frame that is on screen by now
    this.hanging.open(shown);
    this.viewer.canvas.setAttribute("aria-label", shown.image.alt);
    this.directions.open(shown.image.orientation);
    describeCase(shown.foot, shown.image.columns, shown.image.rows);
    this.clock.reset(performance.now());
    this.restore(shown, answers);
    this.levelChanged();
    findings.focusSoon();
  }

  /** Post something that ends in another case; false where the page is busy or it failed, which is said. */
  async leave(url: string, body: SkipBody | object): Promise<boolean> {
    if (this.busy) return false;
    const outcome = await this.left(url, body);
    if (outcome.kind !== "ok") say(why(outcome));
    return outcome.kind === "ok";
  }

  private async left(url: string, body: object): Promise<Outcome<Turn>> {
    this.leaving = true;
    const outcome = await post<Turn>(url, { ...body, known: this.known });
    this.leaving = false;
    if (outcome.kind === "ok") this.turn(outcome.body);
    return outcome;
  }

  /** Leave with a reason; one that is refused (422) is asked for again, as it was written. */
  async leaveWithReason(purpose: Purpose, url: string | null | undefined, refusal = ""): Promise<void> {
    const version = this.opened?.case.version;
    if (this.busy || !url || version === undefined) return;
    const left = this.opened?.case.pseudonym ?? "";
    const reason = await reasonAsked(purpose, refusal);
    if (reason === null || this.busy) return;
    const outcome = await this.left(url, { reason, version });
    if (outcome.kind === "ok") say(outcome.body.told ?? words.skipped(left));
    else if (outcome.kind === "refused" && outcome.status === 422) await this.leaveWithReason(purpose, url, outcome.problem.detail);
    else say(why(outcome));
  }

  /** What the server need not send again. During a blind read nothing is said of cases that come with a suggestion. */
  get known(): string[] {
    return this.opened?.case.state === "blind" ? [] : this.queue.tokens;
  }

  /** The case on screen is about to be replaced: nothing else may start. */
  get busy(): boolean {
    return this.leaving || this.locked;
  }

  /** Why the case cannot be submitted yet, or null where it can. */
  get obstacle(): string | null {
    const missing = this.opened?.answers.missing ?? [];
    if (missing.length) return words.missing(missing);
    const [contradicted] = Object.values(this.contradictions);
    if (contradicted !== undefined) return contradicted;
    const [unsettled] = this.opened?.answers.unsettled ?? [];
    if (unsettled?.against) return words.unsettled(unsettled.name, unsettled.against, this.keyText("contradiction.keep", words.keep), this.keyText("contradiction.change", words.change));
    if (this.display.level === "full") return null;
    return this.enterWaits ? words.submitsWhenFull : words.fullLoading;
  }

  /** Whether nothing but the full-resolution image is missing. */
  get complete(): boolean {
    return [words.fullLoading, words.submitsWhenFull].includes(this.obstacle ?? "");
  }

  /** Submit once the full-resolution image is on screen, unless an answer changes before. */
  submitWhenFull(submit: () => void): void {
    this.enterWaits = submit;
    this.selectionChanged();
  }

  /** How many regions the selected finding has, and whose the others are. */
  private get drawn(): string {
    const current = this.opened?.findings.current;
    const elsewhere = this.marks.regions.filter(({ finding }) => finding !== current?.slug);
    return current ? words.drawn(current.name, this.marks.count(current.slug), elsewhere.map(({ finding }) => this.name(finding))) : "";
  }

  private get contradictions(): Record<string, string> {
    return this.opened ? contradictions(this.opened.case.findings, this.opened.answers.given, this.marks.regions) : {};
  }

  /** The key that does it, or where single keys are off what the button is called. */
  private keyText(command: Named, button: string): string {
    return this.keys.works(command) ? words.key(this.keys.keyOf(command)) : button;
  }

  get comment(): string {
    return this.panel.querySelector("textarea")?.value ?? "";
  }

  get confidence(): Confidence {
    return confidenceIn(this.panel);
  }

  /** While a read is on its way, what it holds stays as it is. */
  lock(locked: boolean): void {
    this.locked = locked;
    this.panel.inert = locked;
    this.marks.surface.classList.toggle("is-locked", locked);
  }

  private close({ finished, url, leave }: Turn): void {
    this.display.close();
    this.hanging.close();
    this.marks.load([]);
    this.others.load([], () => "");
    this.measuring.measures.load([]);
    this.header.innerHTML = this.panel.innerHTML = "";
    this.finished.innerHTML = finished ?? "";
    history.replaceState(null, "", url);
    this.follow({ case: "", version: "", state: "finished", drawn: "" });
    element("h1", HTMLElement).focus();
    if (leave) location.replace(leave);
  }

  private follow(state: Record<string, string>): void {
    Object.assign(document.body.dataset, state);
    document.title = words.title(element("h1", HTMLElement).textContent);
    this.offerUndo();
  }

  private offerUndo(): void {
    this.undo?.stop();
    this.undo = new Undo(document.body, performance.now());
  }

  private restore(shown: Case, answers: Answers): void {
    const draft = this.drafts.get(shown);
    if (!draft) return;
    answers.restore(draft.answers);
    this.marks.load(draft.regions);
    this.measuring.measures.load(draft.measurements ?? []);
    const comment = this.panel.querySelector("textarea");
    if (comment) comment.value = draft.comment;
    setConfidence(this.panel, draft.confidence ?? "");
    say(words.draftRestored);
  }

  private answersChanged(): void {
    if (!this.opened || this.busy) return;
    this.enterWaits = null;
    const { case: shown, answers } = this.opened;
    const { measurements } = this.measuring.measures;
    this.drafts.put(shown, { answers: answers.given, regions: this.marks.regions, measurements, comment: this.comment, confidence: this.confidence, at: Date.now() });
    this.selectionChanged();
  }

  private selectionChanged(): void {
    if (!this.opened) return;
    const { answers } = this.opened;
    answers.contradict(this.contradictions);
    describeAnswers(this.panel, answers, this.drawn, this.obstacle, answers.rest((slug) => this.marks.count(slug) > 0));
  }

  private viewChanged(): void {
    if (!this.opened) return;
    this.marks.layout();
    this.others.layout();
    this.drawing.layout();
    this.measuring.measures.layout();
    this.magnifier.layout();
    this.rail.update();
    this.directions.layout(this.viewer.orientation);
    this.hanging.changed(this.viewer);
    describeView(this.viewer, this.display.level);
  }

  private levelChanged(): void {
    const { level } = this.display;
    document.body.dataset["level"] = level;
    this.hanging.mainReached(level);
    if (!this.opened) return;
    if (level !== "none") {
      document.body.dataset["drawn"] = this.opened.case.assignment;
      this.timing.drawn(level);
    }
    if (level === "full") this.measuring.measures.refresh();
    this.viewChanged();
    this.selectionChanged();
    if (level === "full") this.carryOut();
  }

  /** The Enter that waited for this image, unless the reader is at something else by now. */
  private carryOut(): void {
    const submit = this.enterWaits;
    this.enterWaits = null;
    if (document.querySelector("dialog[open]")) return this.selectionChanged();
    submit?.();
  }

  private finding(slug: string) {
    return this.opened?.case.findings.find((each) => each.slug === slug);
  }

  private name(slug: string): string {
    return this.finding(slug)?.name ?? slug;
  }

  private label(slug: string): string {
    const finding = this.finding(slug);
    return finding ? [finding.key, finding.name].filter((part) => part !== null).join(" ") : slug;
  }
}

/** Why a case was not left, in words for the reader. */
function why(outcome: Exclude<Outcome<Turn>, { kind: "ok" }>): string {
  if (outcome.kind === "refused") return outcome.problem.detail;
  return outcome.kind === "signed-out" ? words.signedOut(1) : words.failed;
}
