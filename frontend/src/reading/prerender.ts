/** Header and panel of the next cases as nodes, made while the reader looks at the case before, so that opening is fast. */
import type { Prepared } from "./contract";
import { describeKeys } from "./hints";
import type { KeyMap } from "./keymap";

export interface Nodes {
  readonly header: DocumentFragment;
  readonly panel: DocumentFragment;
}

export class Prerender {
  private readonly keys: KeyMap;
  private drawn = new Map<Prepared, Nodes>();

  constructor(keys: KeyMap) {
    this.keys = keys;
    keys.onChange(() => this.drawn.clear());
  }

  /** The cases that may be opened next; all others are dropped. */
  expect(ready: readonly Prepared[]): void {
    this.drawn = new Map([...this.drawn].filter(([prepared]) => ready.includes(prepared)));
    whenIdle(() => {
      for (const prepared of ready) if (!this.drawn.has(prepared)) this.drawn.set(prepared, this.nodes(prepared));
    });
  }

  /** To be moved into the page. */
  take(prepared: Prepared): Nodes {
    const nodes = this.drawn.get(prepared) ?? this.nodes(prepared);
    this.drawn.delete(prepared);
    return nodes;
  }

  private nodes({ header, panel }: Prepared): Nodes {
    return { header: this.parsed(header), panel: this.parsed(panel) };
  }

  private parsed(html: string): DocumentFragment {
    const template = document.createElement("template");
    template.innerHTML = html;
    describeKeys(template.content, this.keys);
    return document.importNode(template.content, true);
  }
}

/** Runs the work when the page's thread is idle. */
function whenIdle(work: () => void): void {
  if ("requestIdleCallback" in window) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 200);
}
