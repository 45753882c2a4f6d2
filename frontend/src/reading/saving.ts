/** Sends reads until the server has them. Nothing leaves the outbox before that, except by the reader's own decision. */
import { post, type Problem } from "../net";
import type { Turn } from "./contract";
import type { Entry, Outbox } from "./outbox";

export type SaveState = "saved" | "saving" | "unsaved";

/** Why a read is not saved yet. */
export type Trouble = { kind: "unreachable" } | { kind: "signed-out" } | { kind: "refused"; entry: Entry; problem: Problem };

export interface Desk {
  saveState(state: SaveState, trouble: Trouble | null): void;
  /** The server has this read. */
  stored(entry: Entry, turn: Turn): void;
  /** The server finds answers wrong that are still on screen. True: the reader mends them there, the entry may go. */
  mends(entry: Entry, problem: Problem): boolean;
}

const UNPROCESSABLE = 422;
const LONGEST_WAIT = 60_000; // ms

export class Saving {
  private readonly outbox: Outbox;
  private readonly desk: Desk;
  private readonly refused = new Set<string>();
  private running = false;
  private attempt = 0;
  private timer = 0;

  constructor(outbox: Outbox, desk: Desk) {
    this.outbox = outbox;
    this.desk = desk;
    window.addEventListener("online", () => void this.flush());
  }

  async submit(entry: Entry): Promise<void> {
    this.outbox.put(entry);
    this.attempt = 0;
    await this.flush();
  }

  /** The reader asks again, for refused reads too. */
  async retry(): Promise<void> {
    this.refused.clear();
    await this.flush();
  }

  discard(entry: Entry): void {
    this.outbox.remove(entry.body.key);
    this.desk.saveState(this.outbox.entries.length ? "unsaved" : "saved", null);
  }

  /** Send what waits, one after the other. */
  async flush(): Promise<void> {
    if (this.running) return;
    this.running = true;
    clearTimeout(this.timer);
    let trouble: Trouble | null = null;
    for (const entry of this.outbox.entries.filter(({ body }) => !this.refused.has(body.key))) {
      this.desk.saveState("saving", null);
      const met = await this.send(entry);
      trouble = met ?? trouble;
      if (met && met.kind !== "refused") break;
    }
    this.running = false;
    if (trouble?.kind === "unreachable") this.later();
    this.desk.saveState(this.outbox.entries.length || trouble ? "unsaved" : "saved", trouble);
  }

  private async send(entry: Entry): Promise<Trouble | null> {
    const outcome = await post<Turn>(entry.url, entry.body);
    switch (outcome.kind) {
      case "ok":
        this.attempt = 0;
        this.outbox.remove(entry.body.key);
        this.desk.stored(entry, outcome.body);
        return null;
      case "signed-out":
        return { kind: "signed-out" };
      case "unknown":
        return { kind: "unreachable" };
      case "refused":
        if (outcome.status === UNPROCESSABLE && this.desk.mends(entry, outcome.problem)) this.outbox.remove(entry.body.key);
        else this.refused.add(entry.body.key);
        return { kind: "refused", entry, problem: outcome.problem };
    }
  }

  /** Ask again after 1, 2, 4 … 60 s, each a little off, so that a hundred browsers do not return in step. */
  private later(): void {
    const wait = Math.min(1000 * 2 ** this.attempt, LONGEST_WAIT);
    this.attempt += 1;
    this.timer = window.setTimeout(() => void this.flush(), wait * (0.75 + Math.random() / 2));
  }
}
