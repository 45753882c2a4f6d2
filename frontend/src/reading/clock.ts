/** Active reading time: it stands still while the tab is hidden or nobody has touched it for a minute. */

const IDLE = 60_000; // ms

export class Clock {
  private total = 0;
  private last: number;
  private visible = true;

  constructor(now: number) {
    this.last = now;
  }

  /** Start again for another case. */
  reset(now: number): void {
    this.total = 0;
    this.last = now;
  }

  /** The reader did something; a pause counts up to the idle limit. */
  touch(now: number): void {
    this.total = this.elapsed(now);
    this.last = now;
  }

  /** The tab was hidden or came back. */
  show(visible: boolean, now: number): void {
    this.touch(now);
    this.visible = visible;
  }

  /** Active milliseconds so far. */
  elapsed(now: number): number {
    return this.total + (this.visible ? Math.min(now - this.last, IDLE) : 0);
  }
}

/** A clock that watches the page. */
export function pageClock(): Clock {
  const clock = new Clock(performance.now());
  clock.show(!document.hidden, performance.now());
  document.addEventListener("visibilitychange", () => clock.show(!document.hidden, performance.now()));
  for (const sign of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    document.addEventListener(sign, () => clock.touch(performance.now()), { passive: true });
  }
  return clock;
}
