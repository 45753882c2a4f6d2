/** Several images at once: the one that is read, and others of its study or an earlier one beside it. */
import { element, elements } from "../../dom";
import type { Grip } from "../../viewer/gestures";
import type { Viewer } from "../../viewer/viewer";
import type { Case, Companion } from "../contract";
import { firstWindow } from "../display";
import { Levels, type Level } from "../levels";
import { announce } from "../announcer";
import { messages } from "../messages";
import { hung, layoutsOf, type Layout } from "./layout";
import { follow, type Linked } from "./link";
import { Memory } from "./memory";
import { Pane, type Owner } from "./pane";

export class Hanging implements Owner {
  readonly levels = new Levels();
  readonly grip: (pointer: string) => Grip;
  private readonly bar = element("#hanging-bar", HTMLElement);
  private readonly grid = element("#hanging", HTMLElement);
  private readonly caption = element("#read-caption", HTMLElement);
  private readonly link = element("#hanging-link", HTMLInputElement);
  private readonly pattern = element("#pane", HTMLTemplateElement);
  private readonly stage: HTMLElement;
  private readonly main: Viewer;
  private readonly memory: Memory;
  private readonly panes: Pane[] = [];
  private used: Pane[] = [];
  private active: Pane | null = null;
  private shown: Case | null = null;
  private ahead: Case | null = null;
  private layout: Layout = "single";
  private mainLevel: Level | "none" = "none";

  constructor(stage: HTMLElement, main: Viewer, grip: (pointer: string) => Grip, user: string) {
    this.stage = stage;
    this.main = main;
    this.grip = grip;
    this.memory = new Memory(user);
    for (const touch of ["pointerdown", "wheel"]) stage.addEventListener(touch, () => this.activate(null), { capture: true, passive: true });
    this.bar.addEventListener("change", (event) => this.changedInBar(event));
  }

  /** The viewer that keys act on: that of the pane which was touched last. */
  get viewer(): Viewer {
    return this.active?.viewer ?? this.main;
  }

  /** Another case, hung as its project was hung before. */
  open(shown: Case): void {
    this.shown = shown;
    const layouts = layoutsOf(shown);
    const remembered = this.memory.layout(shown.urls.worklist);
    this.bar.hidden = layouts.length === 1;
    for (const input of this.choices) input.closest("label")?.toggleAttribute("hidden", !layouts.includes(input.value as Layout));
    this.hang(layouts.includes(remembered) ? remembered : "single");
  }

  /** The case after this one: its companions' first level is fetched once this one's are on screen. */
  expect(ahead: Case | null): void {
    this.ahead = ahead;
    this.prefetch();
  }

  close(): void {
    this.shown = this.ahead = null;
    this.hang("single");
  }

  /** The next hanging that this case has something for. */
  next(): void {
    const layouts = this.shown ? layoutsOf(this.shown) : [];
    const at = layouts.indexOf(this.layout);
    this.choose(layouts[(at + 1) % layouts.length] ?? "single", messages.hangingNone);
  }

  /** This hanging, or back to the image alone. */
  toggle(layout: Layout): void {
    if (this.layout === layout) return this.choose("single", "");
    const there = this.shown !== null && layoutsOf(this.shown).includes(layout);
    this.choose(there ? layout : this.layout, there ? "" : messages.priorNone);
  }

  /** A level of the image that is read is on screen: it comes first, the others follow. */
  mainReached(level: Level | "none"): void {
    this.mainLevel = level;
    if (level === "full") for (const pane of this.used) pane.load();
  }

  touched(pane: Pane): void {
    this.activate(pane);
  }

  /** A viewer has drawn: where it leads, the others follow. */
  changed(source: Viewer | Pane): void {
    if (source instanceof Pane && source.level === "full") this.prefetch();
    const leads = source === (this.active ?? this.main);
    if (!this.shown || !this.linked || !leads || this.used.length === 0) return;
    const from = this.active ?? this.read;
    for (const to of [this.read, ...this.used]) if (to.viewer !== from.viewer) follow(from, to);
  }

  chosen(pane: Pane, id: string): void {
    const companion = this.shown?.companions.find(({ image }) => image.id === id);
    if (companion) this.fill(pane, companion);
  }

  private get read(): Linked {
    return { viewer: this.main, first: firstWindow(this.shown?.image ?? null) };
  }

  private get linked(): boolean {
    return this.link.checked;
  }

  private get choices(): HTMLInputElement[] {
    return elements("input[name=hanging]", HTMLInputElement, this.bar);
  }

  private changedInBar({ target }: Event): void {
    if (!(target instanceof HTMLInputElement)) return;
    if (target === this.link) {
      this.activate(this.active);
      this.changed(this.active ?? this.main);
    } else this.choose(target.value as Layout, "");
    target.blur(); // so that the keys are the page's again
  }

  private choose(layout: Layout, otherwise: string): void {
    if (!this.shown || layout === this.layout) return announce(otherwise);
    this.memory.remember(this.shown.urls.worklist, layout);
    this.hang(layout);
    announce(messages.hanging[layout](this.used.length), false);
  }

  private hang(layout: Layout): void {
    this.layout = layout;
    const { places, cells } = this.shown ? hung(layout, this.shown) : { places: 1, cells: [] };
    const companions = cells.flatMap(({ companion }) => companion ?? []);
    while (this.panes.length < companions.length) this.panes.push(this.made());
    this.used = this.panes.slice(0, companions.length);
    for (const [index, pane] of this.panes.entries()) {
      pane.node.hidden = index >= companions.length;
      if (pane.node.hidden) pane.clear();
    }
    this.activate(null);
    this.grid.dataset["places"] = String(places);
    this.caption.hidden = companions.length === 0;
    element("[data-label]", HTMLElement, this.caption).textContent = this.shown?.image.label ?? "";
    for (const input of this.choices) input.checked = input.value === layout;
    this.link.closest("label")?.toggleAttribute("hidden", companions.length === 0);
    let free = 0;
    for (const { place, align, companion } of cells) {
      const pane = companion ? this.used[free++] : null;
      Object.assign((pane?.node ?? this.stage).dataset, { place, align });
      (pane?.viewer ?? this.main).align = align;
      if (pane && companion) this.fill(pane, companion);
    }
    this.keep();
  }

  private made(): Pane {
    const pane = new Pane(this.pattern, this);
    this.grid.append(pane.node);
    return pane;
  }

  /** Where there are more images than places each pane offers them all. */
  private fill(pane: Pane, companion: Companion): void {
    const alike = this.shown?.companions.filter(({ role }) => role === companion.role) ?? [];
    pane.hang(companion, alike.length > this.used.length ? alike : []);
    this.keep();
    if (this.mainLevel === "full") pane.load();
    this.changed(this.active ?? this.main);
  }

  /** Which one the keys act on; said where it matters, that is where the images are not linked. */
  private activate(pane: Pane | null): void {
    this.active = pane;
    for (const each of this.used) each.node.toggleAttribute("data-active", !this.linked && each === pane);
    this.stage.toggleAttribute("data-active", !this.linked && pane === null && this.used.length > 0);
  }

  private prefetch(): void {
    if (!this.ahead || this.used.length === 0 || this.used.some(({ level }) => level !== "full")) return;
    const { ahead } = this;
    const layout = layoutsOf(ahead).includes(this.layout) ? this.layout : "single";
    for (const { companion } of hung(layout, ahead).cells) {
      if (companion) void this.levels.get(companion.image, "half").catch(() => null); // asked for again once it is shown
    }
  }

  /** Give up the pixels of everything but what hangs, and what will hang next. */
  private keep(): void {
    const next = this.ahead && this.ahead !== this.shown ? hung(this.layout, this.ahead).cells : [];
    const images = [...this.used.map(({ image }) => image), ...next.map(({ companion }) => companion?.image ?? null)];
    this.levels.keep(images.filter((image) => image !== null));
  }
}
