/** One line of the upload list: name, size, progress, and what became of the file. */
import { element } from "../dom";
import type { Entry } from "./kept";
import type { Sent } from "./send";
import { words } from "./words";

export class Row {
  private readonly node: HTMLElement;

  constructor(file: Pick<Entry, "name" | "size">) {
    const pattern = element("#upload-row", HTMLTemplateElement);
    this.node = element("li", HTMLLIElement, pattern.content).cloneNode(true) as HTMLElement;
    this.part("[data-name]").textContent = file.name;
    this.part("[data-size]").textContent = words.size(file.size);
    this.say("waiting", words.waiting);
    element("#upload-list", HTMLElement).append(this.node);
  }

  progress(share: number): void {
    element("progress", HTMLProgressElement, this.node).value = share;
    this.say("sending", share < 1 ? words.sent(share) : words.checking);
  }

  /** The connection was lost; it is tried again. */
  lost(): void {
    element("progress", HTMLProgressElement, this.node).value = 0;
    this.say("waiting", words.lost);
  }

  finish(sent: Sent): void {
    element("progress", HTMLProgressElement, this.node).hidden = true;
    if (sent.kind === "refused") return this.say("refused", sent.problem.detail);
    const link = element("a", HTMLAnchorElement, this.node);
    link.href = sent.stored.url;
    link.textContent = words.open(sent.stored.name);
    link.hidden = false;
    this.say("stored", sent.stored.created ? words.stored : words.storedBefore);
  }

  /** For a file whose page was left before the server had answered. */
  unfinished(): void {
    element("progress", HTMLProgressElement, this.node).hidden = true;
    this.say("refused", words.unfinished);
  }

  private say(state: string, text: string): void {
    this.node.dataset["state"] = state;
    this.part("[data-status]").textContent = text;
  }

  private part(selector: string): HTMLElement {
    return element(selector, HTMLElement, this.node);
  }
}
