/** The upload page's list, stored in this tab until sign-out. A file name may hold a patient's name: it stays in the browser. */
import type { Sent } from "./send";

/** One file and the server's answer; null while there is none. */
export interface Entry {
  readonly name: string;
  readonly size: number;
  sent: Sent | null;
}

const PREFIX = "overread.uploads.";
const MOST = 500;

export class StoredList {
  /** As they were when the page was left, oldest first. */
  readonly entries: Entry[];
  private readonly name: string;
  private readonly storage: Storage;

  constructor(user: string, project: string, storage: Storage = sessionStorage) {
    this.name = `${PREFIX}${user}.${project}`;
    this.storage = storage;
    this.entries = JSON.parse(storage.getItem(this.name) ?? "[]") as Entry[];
  }

  add(entry: Entry): Entry {
    this.entries.push(entry);
    this.store();
    return entry;
  }

  finish(entry: Entry, sent: Sent): void {
    entry.sent = sent;
    this.store();
  }

  clear(): void {
    this.entries.length = 0;
    this.storage.removeItem(this.name);
  }

  /** The newest ones; also those still to be sent, so that nothing is left out without a word. */
  private store(): void {
    try {
      this.storage.setItem(this.name, JSON.stringify(this.entries.slice(-MOST)));
    } catch {
      this.storage.removeItem(this.name); // the browser's room is full: the list on the page is then all there is
    }
  }
}

/** Drop every list that is not this person's; all of them when nobody is signed in. */
export function forgetOthers(user: string | undefined, storage: Storage = sessionStorage): void {
  const own = `${PREFIX}${user ?? ""}.`;
  for (const name of Object.keys(storage)) {
    if (name.startsWith(PREFIX) && !(user && name.startsWith(own))) storage.removeItem(name);
  }
}
