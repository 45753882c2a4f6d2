/** Sends reads until the server has them. Nothing leaves the outbox before that, except by the reader's own decision. */
import { post, type Problem } from "../net";
import type { Turn } from "./contract";
import type { Entry, Outbox } from "./outbox";

export type SaveState = "saved" | "saving" | "unsaved";

/** Why a read is not saved yet. */
export type Trouble = { kind: "unreachable" } | { kind: "signed-out" } | Refusal;

interface Refusal {
  readonly kind: "refused";
  readonly entry: Entry;
  readonly status: number;
  readonly problem: Problem;
}

export interface Desk {
  /** `waiting`: how many reads the server does not have yet. */
  saveState(state: SaveState, trouble: Trouble | null, waiting: number): void;
  /** The server has this read. */
  stored(entry: Entry, turn: Turn): void;
  /** The server finds answers wrong that are still on screen. True: the reader mends them there, the entry may go. */
  mends(entry: Entry, problem: Problem): boolean;
}

const CONFLICT = 409; // with the state of the queue, which may change: asked again by itself, unlike any other refusal
const UNPROCESSABLE = 422;
const LONGEST_WAIT = 60_000; // ms

export class Saving {
  private readonly outbox: Outbox;
  private readonly desk: Desk;
  private readonly refused = new Map<string, Refusal>();
  private readonly tried = new Set<string>();
  private running = false;
  private attempt = 0;
  private timer = 0;

  constructor(outbox: Outbox, desk: Desk) {
    this.outbox = outbox;
    this.desk = desk;
    window.addEventListener("online", () => void this.flush());
  }

  /** It is kept from here on; `flush` sends it. */
  keep(entry: Entry): void {
    this.outbox.put(entry);
    this.attempt = 0;
    this.desk.saveState("saving", null, this.outbox.entries.length);
  }

  /** Ask again, for refused reads too. */
  async retry(): Promise<void> {
    this.refused.clear();
    await this.flush();
  }

  discard(entry: Entry): void {
    this.outbox.remove(entry.body.key);
    this.refused.delete(entry.body.key);
    this.tell(this.refusal);
  }

  /** Send what waits, one after the other, and what comes meanwhile. */
  async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    let cut: Trouble | null = null;
    this.tried.clear();
    for (let entry = this.next; entry && cut?.kind !== "signed-out"; entry = this.next) {
      this.desk.saveState("saving", null, this.outbox.entries.length);
      const met = await this.send(entry);
      this.tried.add(entry.body.key); // one that the server cannot take keeps no other from it
      if (met && met.kind !== "refused") cut = met;
    }
    this.running = false;
    const conflict = [...this.refused.values()].some(({ status }) => status === CONFLICT);
    if (cut?.kind === "unreachable" || conflict) this.later();
    this.tell(cut ?? this.refusal);
  }

  /** The last refusal that stands. */
  private get refusal(): Refusal | null {
    return [...this.refused.values()].at(-1) ?? null;
  }

  private get next(): Entry | undefined {
    return this.outbox.entries.find(({ body }) => !this.refused.has(body.key) && !this.tried.has(body.key));
  }

  private tell(trouble: Trouble | null): void {
    const waiting = this.outbox.entries.length;
    this.desk.saveState(waiting || trouble ? "unsaved" : "saved", trouble, waiting);
  }

  private async send(entry: Entry): Promise<Trouble | null> {
    const outcome = await post<Turn>(entry.url, entry.body);
    switch (outcome.kind) {
      case "ok":
        this.attempt = 0;
        this.outbox.remove(entry.body.key);
        this.refused.delete(entry.body.key);
        this.desk.stored(entry, outcome.body);
        return null;
      case "signed-out":
        return { kind: "signed-out" };
      case "unknown":
        return { kind: "unreachable" };
      case "refused":
        return this.refuse({ kind: "refused", entry, status: outcome.status, problem: outcome.problem });
    }
  }

  private refuse(refusal: Refusal): Refusal {
    const { entry, status, problem } = refusal;
    if (status === UNPROCESSABLE && this.desk.mends(entry, problem)) this.outbox.remove(entry.body.key);
    else this.refused.set(entry.body.key, refusal);
    return refusal;
  }

  /** Ask again after 1, 2, 4 … 60 s, each a little off, so that a hundred browsers do not return in step. */
  private later(): void {
    const wait = Math.min(1000 * 2 ** this.attempt, LONGEST_WAIT);
    this.attempt += 1;
    this.timer = window.setTimeout(() => void this.retry(), wait * (0.75 + Math.random() / 2));
  }
}
