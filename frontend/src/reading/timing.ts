/** How long the next case takes, as User Timing entries: `overread:first-level` and `overread:full-level`, each from the submit (or from navigation). */
import type { Level } from "./levels";

const SUBMIT = "overread:submit";

export class Timing {
  private reached: Level | "none" = "none";

  /** The reader pressed Enter. */
  submitted(): void {
    performance.clearMarks(SUBMIT);
    performance.mark(SUBMIT);
  }

  /** Another case is being opened. */
  opened(): void {
    this.reached = "none";
  }

  /** A level is on screen. */
  drawn(level: Level): void {
    if (this.reached === "full" || this.reached === level) return;
    const start = performance.getEntriesByName(SUBMIT).length ? { start: SUBMIT } : {};
    if (this.reached === "none") measure("overread:first-level", start);
    if (level === "full") measure("overread:full-level", start);
    this.reached = level;
  }
}

/** In place of the case before: a day's worth of them is of no use to anybody. */
function measure(name: string, start: PerformanceMeasureOptions): void {
  performance.clearMeasures(name);
  performance.measure(name, start);
}
