/** Reads that the server has not yet acknowledged, kept in this browser under the reader's own key until it has. */
import type { SubmitBody } from "./contract";

export interface Entry {
  readonly url: string;
  /** The case's own page. */
  readonly page: string;
  readonly assignment: string;
  readonly pseudonym: string;
  /** The name of the draft it was made from. */
  readonly draft: string;
  /** When it was submitted, in ms since the epoch. */
  readonly at: number;
  readonly body: SubmitBody;
}

/** One stored item per read, so that two tabs never overwrite each other. */
export class Outbox {
  private readonly prefix: string;
  private readonly storage: Storage;

  constructor(user: string, storage: Storage = localStorage) {
    this.prefix = `overread.outbox.${user}.`;
    this.storage = storage;
  }

  put(entry: Entry): void {
    this.storage.setItem(this.prefix + entry.body.key, JSON.stringify(entry));
  }

  remove(key: string): void {
    this.storage.removeItem(this.prefix + key);
  }

  /** In the order they were submitted. */
  get entries(): Entry[] {
    return Object.keys(this.storage)
      .filter((name) => name.startsWith(this.prefix))
      .map((name) => JSON.parse(this.storage.getItem(name) ?? "null") as Entry | null)
      .filter((entry) => entry !== null)
      .sort((a, b) => a.at - b.at);
  }
}
