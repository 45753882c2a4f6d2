/** How a project's cases were hung last, remembered in this browser for each person. */
import type { Layout } from "./layout";

export class Memory {
  private readonly prefix: string;
  private readonly storage: Storage;

  constructor(user: string, storage: Storage = localStorage) {
    this.prefix = `overread.hanging.${user}.`;
    this.storage = storage;
  }

  /** `project` is anything that names it. */
  layout(project: string): Layout {
    const kept = this.storage.getItem(this.prefix + project);
    return kept === "study" || kept === "prior" ? kept : "single";
  }

  remember(project: string, layout: Layout): void {
    this.storage.setItem(this.prefix + project, layout);
  }
}
