/** How a project's cases were hung last, remembered in this browser for each person. */
import type { Layout } from "./layout";

export class Memory {
  private readonly prefix: string;
  private readonly storage: Storage;

  constructor(user: string, storage: Storage = localStorage) {
    this.prefix = `overread.hanging.${user}.`;
    this.storage = storage;
  }

  /** `address` is any of the project's. */
  layout(address: string): Layout {
    const kept = this.storage.getItem(this.prefix + projectOf(address));
    return kept === "study" || kept === "prior" ? kept : "single";
  }

  remember(address: string, layout: Layout): void {
    this.storage.setItem(this.prefix + projectOf(address), layout);
  }
}

/** "/projects/chest/" of "/projects/chest/worklist/". */
function projectOf(address: string): string {
  return address.split("/", 3).join("/");
}
