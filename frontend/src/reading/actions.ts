/** What every command does. */
import { post } from "../net";
import { flipped, mirrored, turned } from "../viewer/orientation";
import type { Actions } from "./commands";
import { cycleConfidence } from "./confidence";
import type { Shape } from "./drawing";
import { askOpinion, defer, escalate, left, propose } from "./flow";
import type { MeasureKind } from "./measure/measure";
import type { ReadingPage } from "./page";
import { Picker } from "./picker";
import { skip } from "./skip";
import { snippetsFor } from "./snippets";
import type { Submission } from "./submission";
import { announce } from "./announcer";
import { messages } from "./messages";

const ZOOM = 1.25;

export function actionsOf(page: ReadingPage, submission: Submission): Actions {
  const { viewer, toolbar, marks, drawing, measuring, hanging, frames } = page.stage;
  const [finder, snippets] = [new Picker("find", false), snippetsFor(page)];
  const select = (key: number) => () => page.opened?.findings.byKey(key);
  const answer = (value: string) => () => give(page, value);
  const draw = (shape: Shape, hint: (key: string) => string) => () =>
    toolbar.take(shape) ? drawing.place(shape) : announce(hint(messages.key(page.keys.keyOf(`tool.${shape}`))));
  const gauge = (kind: MeasureKind, hint: (key: string) => string) => () =>
    toolbar.take(kind) ? measuring.place(kind) : announce(hint(messages.key(page.keys.keyOf(`tool.${kind}`))));
  return {
    "finding.1": select(1), "finding.2": select(2), "finding.3": select(3), "finding.4": select(4), "finding.5": select(5),
    "finding.6": select(6), "finding.7": select(7), "finding.8": select(8), "finding.9": select(9),
    "finding.previous": () => page.opened?.findings.step(-1),
    "finding.next": () => page.opened?.findings.step(1),
    "finding.find": () => find(page, finder),
    "finding.propose": () => void propose(page),
    "answer.absent": answer("absent"),
    "answer.uncertain": answer("uncertain"),
    "answer.present": answer("present"),
    "answer.not_assessable": answer("not_assessable"),
    "contradiction.keep": () => settle(page, true),
    "contradiction.change": () => settle(page, false),
    "rest.absent": () => confirmRest(page),
    comment: () => document.querySelector<HTMLTextAreaElement>("#panel textarea")?.focus(),
    confidence: () => {
      if (page.opened && !page.busy) announce(messages.confidence(cycleConfidence(document)));
    },
    snippets,
    "window.next": () => toolbar.nextWindow(),
    invert: () => hanging.viewer.invert(),
    "zoom.in": () => hanging.viewer.zoom(ZOOM),
    "zoom.out": () => hanging.viewer.zoom(1 / ZOOM),
    fit: () => hanging.viewer.fit(),
    reset: () => announce(messages.reset(toolbar.reset())),
    "rotate.right": () => hanging.viewer.orient((now) => turned(now, 1)),
    "rotate.left": () => hanging.viewer.orient((now) => turned(now, -1)),
    mirror: () => hanging.viewer.orient(mirrored),
    flip: () => hanging.viewer.orient(flipped),
    magnify: () => announce(toolbar.toggleLens() ? messages.lensOn : messages.lensOff),
    "tool.move": () => void toolbar.take("move"),
    "tool.level": () => (viewer.info.channels === 3 ? announce(messages.noWindow) : void toolbar.take("level")),
    "tool.box": draw("box", messages.toolBox),
    "tool.polygon": draw("polygon", messages.toolPolygon),
    "tool.length": gauge("length", messages.toolLength),
    "tool.angle": gauge("angle", messages.toolAngle),
    "tool.roi": gauge("roi", messages.toolRoi),
    "tool.probe": gauge("probe", messages.toolProbe),
    marks: () => {
      marks.visible = !marks.visible;
      toolbar.update();
    },
    "frame.previous": () => frames.step(-1),
    "frame.next": () => frames.step(1),
    prior: () => hanging.toggle("prior"),
    "hanging.next": () => hanging.next(),
    "region.delete": () => {
      if (measuring.measures.removeSelected()) announce(messages.measureRemoved);
      else announce(!page.busy && marks.removeSelected() ? messages.regionRemoved : messages.noRegion);
      page.opened?.findings.step(0);
    },
    map: () => {
      const finding = page.opened?.findings.current;
      if (finding) page.opened?.maps.toggle(finding);
    },
    "map.next": () => page.opened?.maps.next(),
    "map.less": () => page.opened?.maps.stronger(-1),
    "map.more": () => page.opened?.maps.stronger(1),
    skip: () => void skip(page),
    defer: () => void defer(page),
    escalate: () => void escalate(page),
    opinion: () => void askOpinion(page, page.opened?.case.urls.opinion),
    "opinion.last": () => void askOpinion(page, document.querySelector<HTMLElement>("[data-opinion-url]")?.dataset["opinionUrl"]),
    undo: () => void undo(page, submission),
    submit: () => void (drawing.close() || submission.submit()),
    sheet: () => void document.querySelector<HTMLElement>("#keys")?.togglePopover(),
    back: () => back(page),
  };
}

function give(page: ReadingPage, value: string): void {
  const { opened } = page;
  const finding = opened?.findings.current;
  if (!opened || !finding || page.busy || !opened.answers.give(finding.slug, value)) return;
  announce(messages.given(finding.name, value), false);
  opened.findings.advance();
}

/** Keep or change the selected answer that the model strongly contradicts, or else the first of them. */
function settle(page: ReadingPage, keep: boolean): void {
  const { opened } = page;
  if (!opened || page.busy) return;
  const { answers, findings } = opened;
  const finding = answers.unsettled.find((each) => each === findings.current) ?? answers.unsettled[0];
  if (!finding?.against) return announce(messages.nothingUnsettled);
  if (keep) answers.keep(finding.slug);
  else answers.clear(finding.slug);
  findings.go(answers.findings.indexOf(keep ? answers.unsettled[0] ?? finding : finding));
  announce(keep ? messages.keptAgainst(finding.name, finding.against) : messages.toBeChanged(finding.name));
}

function confirmRest(page: ReadingPage): void {
  const { opened } = page;
  if (!opened || page.busy) return;
  const { marked, above, outlined } = opened.answers.confirmRest((slug) => page.count(slug) > 0);
  opened.findings.advance();
  announce(messages.restAbsent(marked, above, outlined));
}

/** Select a finding by its name; then A, U or P answer it as usual. */
function find(page: ReadingPage, finder: Picker): void {
  const { opened } = page;
  if (!opened || page.busy) return;
  const { answers, findings } = opened;
  const said = (slug: string): string => messages.value(answers.of(slug)?.value ?? messages.unanswered);
  finder.open(answers.findings.map(({ name, slug }) => ({ name, detail: said(slug) })), (index) => findings.go(index));
}

/** Take the last read back, once the server has it: until then there is nothing to be taken back. */
async function undo(page: ReadingPage, submission: Submission): Promise<void> {
  if (submission.sending) announce(messages.stillSaving);
  await submission.sent();
  const url = page.undo?.url(performance.now());
  if (!url) return announce(document.body.dataset["saved"] === "saved" ? messages.nothingToUndo : messages.stillSaving);
  if (await left(page, url, {})) announce(messages.undone(page.opened?.case.pseudonym ?? ""));
}

/** Escape: first out of what is half done, then out of the case. What nobody has begun is given back. */
function back(page: ReadingPage): void {
  const focused = document.activeElement;
  const { stage } = page;
  if (stage.drawing.cancel() || stage.measuring.cancel() || stage.toolbar.dropLens()) return;
  if (focused instanceof HTMLTextAreaElement || focused instanceof HTMLInputElement || focused instanceof SVGElement) {
    page.opened?.findings.step(0);
    return;
  }
  const { opened } = page;
  if (!opened) return;
  const begun = page.busy || Object.keys(opened.answers.given).length > 0;
  const untouched = page.queue.untouched.concat(begun ? [] : [opened.case.assignment]);
  if (untouched.length) void post(opened.case.urls.release, { assignments: untouched }, { keepalive: true });
  location.assign(opened.case.urls.worklist);
}
