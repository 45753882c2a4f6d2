/** The cases after the one on screen, prepared so that they open without a request. */
import type { Case, CaseImage, Prepared, Upcoming } from "./contract";

export class Queue {
  private readonly over: (shown: Case) => boolean;
  private readonly current: () => string | null;
  private readonly known = new Map<string, Prepared>();
  private order: Upcoming[] = [];

  /** `over`: whether the read of a case is stored or on its way to the server; `current`: the assignment on screen. */
  constructor(over: (shown: Case) => boolean, current: () => string | null) {
    this.over = over;
    this.current = current;
  }

  /** The server's next cases in order. A case that this page has already comes without its panel. */
  take(upcoming: readonly Upcoming[]): void {
    this.order = upcoming.map((each) => ({ ...each, prepared: each.prepared ?? this.known.get(each.token) ?? null }));
    this.known.clear();
    for (const { token, prepared } of this.order) if (token && prepared) this.known.set(token, prepared);
  }

  /** The cases that can be opened next, in order. */
  get ready(): Prepared[] {
    return this.after.flatMap(({ prepared }) => prepared ?? []);
  }

  /** The images after the one on screen, in order: their pixels are fetched ahead. */
  get images(): CaseImage[] {
    return this.after.map(({ image }) => image);
  }

  /** The cases after the one on screen that nobody has begun. */
  get untouched(): string[] {
    return this.after.filter(({ begun }) => !begun).map(({ assignment }) => assignment);
  }

  private get after(): Upcoming[] {
    return this.order.filter(({ assignment, prepared }) => assignment !== this.current() && !(prepared && this.over(prepared.case)));
  }

  /** What the server would have opened now, whatever this page thinks of it. */
  get first(): Prepared | null {
    return this.order[0]?.prepared ?? null;
  }

  /** For the server, so that it does not send them again. */
  get tokens(): string[] {
    return [...this.known.keys()];
  }

  /** Where a case stands in the day, as the server last said. */
  position(assignment: string): string | null {
    return this.order.find((each) => each.assignment === assignment)?.position ?? null;
  }
}
