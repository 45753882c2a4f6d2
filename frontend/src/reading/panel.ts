/** The header and the panel of the case on screen, and what stands in their place once the queue is finished. */
import { element } from "../dom";
import { confidenceIn, setConfidence, type Confidence } from "./confidence";
import type { Draft } from "./drafts";
import type { Nodes } from "./prerender";

export class Panel {
  readonly node = element("#panel", HTMLElement);
  private readonly header = element("#case-header", HTMLElement);
  private readonly finished = element("#finished", HTMLElement);

  /** Another case's. */
  replace({ header, panel }: Nodes): void {
    this.header.replaceChildren(header);
    this.node.replaceChildren(panel);
    this.finished.replaceChildren();
  }

  /** No case any more. */
  finish(html: string): void {
    this.header.innerHTML = this.node.innerHTML = "";
    this.finished.innerHTML = html;
  }

  get comment(): string {
    return this.field?.value ?? "";
  }

  get confidence(): Confidence {
    return confidenceIn(this.node);
  }

  /** What the reader had written before. */
  restore({ comment, confidence = "" }: Draft): void {
    if (this.field) this.field.value = comment;
    setConfidence(this.node, confidence);
  }

  lock(locked: boolean): void {
    this.node.inert = locked;
  }

  private get field(): HTMLTextAreaElement | null {
    return this.node.querySelector("textarea");
  }
}
