/** Answers of a case that is not submitted yet, so that a reload or an ended session loses none of them. */
import type { Given } from "./answers";
import type { Confidence } from "./confidence";
import type { Case, MeasurementData, RegionData } from "./contract";

export interface Draft {
  readonly answers: Given;
  readonly regions: RegionData[];
  readonly measurements?: MeasurementData[];
  readonly comment: string;
  readonly confidence?: Confidence;
  readonly at: number;
}

const KEPT = 7 * 24 * 3600 * 1000; // ms

export class Drafts {
  private readonly prefix: string;
  private readonly storage: Storage;

  constructor(user: string, storage: Storage = localStorage) {
    this.prefix = `overread.draft.${user}.`;
    this.storage = storage;
  }

  put(shown: Case, draft: Draft): void {
    this.storage.setItem(this.name(shown), JSON.stringify(draft));
  }

  get(shown: Case): Draft | null {
    return JSON.parse(this.storage.getItem(this.name(shown)) ?? "null") as Draft | null;
  }

  /** By the name that `name` gave. */
  remove(name: string): void {
    this.storage.removeItem(name);
  }

  /** Drafts nobody came back to within a week. */
  prune(now: number): void {
    for (const name of Object.keys(this.storage).filter((key) => key.startsWith(this.prefix))) {
      const draft = JSON.parse(this.storage.getItem(name) ?? "null") as Draft | null;
      if (!draft || now - draft.at > KEPT) this.storage.removeItem(name);
    }
  }

  name({ assignment, version, state }: Case): string {
    return `${this.prefix}${assignment}.${version}.${state}`;
  }
}
