/** The last read can be taken back for half a minute. The panel's row says which and how long ago. */
import { messages } from "./messages";

export class Undo {
  private readonly row: HTMLElement | null;
  private readonly until: number;
  private readonly since: number;
  private readonly timer: number;

  /** `panel` may hold a row `[data-undo-url]` with the seconds already gone and the seconds allowed. */
  constructor(panel: HTMLElement, now: number) {
    this.row = panel.querySelector<HTMLElement>("[data-undo-url]");
    const gone = Number(this.row?.dataset["seconds"] ?? 0);
    this.since = now - gone * 1000;
    this.until = this.since + Number(this.row?.dataset["undoSeconds"] ?? 30) * 1000;
    this.timer = window.setInterval(() => this.tick(performance.now()), 1000);
    this.tick(now);
  }

  /** Where to ask for it, or null where it is too late. */
  url(now: number): string | null {
    return now < this.until ? (this.row?.dataset["undoUrl"] ?? null) : null;
  }

  /** Another case is on screen. */
  stop(): void {
    clearInterval(this.timer);
  }

  private tick(now: number): void {
    if (!this.row) return;
    const text = this.row.querySelector("[data-undo-text]");
    if (text) text.textContent = messages.submittedAgo(this.row.dataset["case"] ?? "", Math.round((now - this.since) / 1000));
    const button = this.row.querySelector("button");
    if (button) button.hidden = now >= this.until;
    if (now >= this.until) this.stop();
  }
}
