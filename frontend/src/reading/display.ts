/** Brings a case's image on screen: half level at once, full level after it, the next cases' levels ahead. */
import { element } from "../dom";
import type { Pixels } from "../viewer/textures";
import type { ImageInfo, Viewer } from "../viewer/viewer";
import type { Windowing } from "../viewer/windowing";
import type { CaseImage } from "./contract";
import { nearOf, windowOf } from "./frame";
import { Levels, levelUrl, type Level } from "./levels";
import { messages } from "./messages";

const PATIENCE = 400; // ms before an empty stage says that it is loading

export class Display {
  level: Level | "none" = "none";
  private readonly levels = new Levels();
  private readonly note = element("#stage-note", HTMLElement);
  private readonly retry = element("#stage-retry", HTMLButtonElement);
  private readonly viewer: Viewer;
  private readonly changed: () => void;
  private image: CaseImage | null = null;
  private near: readonly CaseImage[] = [];
  private ahead: readonly CaseImage[] = [];
  private readonly awaiting: (() => void)[] = [];
  private windowing: Windowing | null = null; // of a frame that is on its way

  constructor(viewer: Viewer, changed: () => void) {
    this.viewer = viewer;
    this.changed = changed;
    this.retry.addEventListener("click", () => this.reload());
  }

  /** Show a case. A level drawn aside ahead of time is on screen with the next frame; the same image stays as it is. */
  open(image: CaseImage, ahead: readonly CaseImage[]): void {
    const same = this.image?.id === image.id && this.level === "full";
    if (!same) {
      this.image = image;
      this.near = nearOf(image);
      this.windowing = null;
    }
    this.keep(ahead);
    if (same) return void this.prefetch();
    this.viewer.open(infoOf(image), firstWindow(image), [image, ...ahead].flatMap(urls));
    this.reload();
  }

  /** Show another frame of the image on screen; its view stays, and its window as far as a frame has none of its own. */
  turn(frame: CaseImage): void {
    const before = this.image ? [this.image] : [];
    this.windowing = windowOf(this.windowing ?? this.viewer.windowing, this.image, frame);
    this.image = frame;
    this.near = nearOf(frame);
    this.keep(this.ahead);
    this.viewer.keep([...before, frame, ...this.near, ...this.ahead].flatMap(urls));
    this.reload();
  }

  /** Which frame is on screen or on its way there. */
  get frame(): number {
    return this.image?.frame ?? 0;
  }

  /** The full level's stored values, once they are here. */
  get values(): Pixels | null {
    return this.image && this.levels.ready(this.image, "full");
  }

  /** The cases after this one are others now. */
  expect(ahead: readonly CaseImage[]): void {
    if (!this.image || ahead.map(({ id }) => id).join() === this.ahead.map(({ id }) => id).join()) return;
    this.keep(ahead);
    this.viewer.keep([this.image, ...ahead].flatMap(urls));
    if (this.level === "full") void this.prefetch();
  }

  private keep(ahead: readonly CaseImage[]): void {
    this.ahead = ahead;
    this.levels.keep([...(this.image ? [this.image, ...this.near] : []), ...ahead]);
  }

  /** Nothing to show any more: the queue is finished. */
  close(): void {
    this.image = null;
    this.keep([]);
    this.viewer.keep([]);
    this.reach("none");
  }

  /** The graphics context is gone. */
  blank(): void {
    this.reach("none");
    this.showMessage(messages.contextLost);
  }

  /** Resolves once anything of the case is on screen, at the latest after so many ms. */
  shown(within: number): Promise<void> {
    if (this.level !== "none") return Promise.resolve();
    return new Promise((resolve) => {
      setTimeout(resolve, within);
      this.awaiting.push(resolve);
    });
  }

  /** Bring the current case on screen again, after an error or a lost context. */
  reload(): void {
    const { image } = this;
    if (!image) return;
    this.reach("none");
    this.showMessage("");
    void this.stream(image);
  }

  private async stream(image: CaseImage): Promise<void> {
    const waiting = setTimeout(() => this.image === image && this.level === "none" && this.showMessage(messages.loading), PATIENCE);
    try {
      if (this.viewer.holds(image.full_url) || this.levels.ready(image, "full")) await this.put(image, "full"); // it was drawn aside ahead of time
      if (this.level === "none") {
        await this.levels.get(image, "half");
        await this.put(image, "half");
      }
      if (this.level !== "full") {
        await this.levels.get(image, "full");
        await nextFrame(); // the half level is painted before the full one is uploaded
        await this.put(image, "full");
      }
    } catch (error) {
      if (this.image === image) this.showMessage(error instanceof RangeError ? error.message : messages.unreadable, true);
    } finally {
      clearTimeout(waiting);
    }
    if (this.image === image) await this.prefetch();
  }

  /** Shows a level if its pixels are here and the image is still wanted, also afterwards. */
  private async put(image: CaseImage, level: Level): Promise<void> {
    const pixels = this.levels.ready(image, level);
    if (this.image !== image || !pixels) return;
    this.viewer.info = infoOf(image); // of several frames each has its own
    if (this.windowing) this.viewer.windowing = this.windowing;
    this.windowing = null;
    const drawn = await this.viewer.show(levelUrl(image, level), pixels);
    if (!drawn || this.image !== image) return;
    this.showMessage("");
    this.reach(level);
  }

  /** What fails here costs nothing: once the case is opened its levels are asked for again, and that failure is shown. */
  private async prefetch(): Promise<void> {
    const { image: shown } = this;
    for (const frame of this.near) if (this.image === shown) await this.levels.get(frame, "full").catch(() => null);
    for (const image of this.ahead) {
      for (const level of ["half", "full"] as const) {
        const pixels = await this.levels.get(image, level).catch(() => null);
        if (!this.ahead.some(({ id }) => id === image.id)) return; // who changed it has started anew
        if (pixels) this.viewer.prepare(levelUrl(image, level), pixels, infoOf(image), firstWindow(image));
      }
    }
  }

  private reach(level: Level | "none"): void {
    this.level = level;
    this.changed();
    if (level !== "none") for (const resolve of this.awaiting.splice(0)) resolve();
  }

  private showMessage(text: string, again = false): void {
    this.note.textContent = text;
    this.note.hidden = text === "";
    this.retry.hidden = !again;
  }
}

export function infoOf({ columns: width, rows: height, aspect, channels, slope, intercept, inverted, padding }: CaseImage): ImageInfo {
  return { width, height, aspect, channels, slope, intercept, inverted, padding };
}

function urls({ half_url, full_url }: CaseImage): string[] {
  return [half_url, full_url];
}

/** Colour has no window. */
export function firstWindow(image: CaseImage | null): Windowing {
  return image?.windows[0] ?? { center: 127.5, width: 255, function: "LINEAR_EXACT" };
}

function nextFrame(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}
