/** One line of the upload list: name, size, progress, and what became of the file. */
import { element } from "../dom";
import type { Entry } from "./stored_list";
import type { Sent } from "./send";
import { messages } from "./messages";

export class Row {
  private readonly node: HTMLElement;

  constructor(file: Pick<Entry, "name" | "size">) {
    const pattern = element("#upload-row", HTMLTemplateElement);
    this.node = element("li", HTMLLIElement, pattern.content).cloneNode(true) as HTMLElement;
    this.part("[data-name]").textContent = file.name;
    this.part("[data-size]").textContent = messages.size(file.size);
    this.setState("waiting", messages.waiting);
    element("#upload-list", HTMLElement).append(this.node);
  }

  progress(share: number): void {
    element("progress", HTMLProgressElement, this.node).value = share;
    this.setState("sending", share < 1 ? messages.sent(share) : messages.checking);
  }

  /** The connection was lost; it is tried again. */
  lost(): void {
    element("progress", HTMLProgressElement, this.node).value = 0;
    this.setState("waiting", messages.lost);
  }

  finish(sent: Sent): void {
    element("progress", HTMLProgressElement, this.node).hidden = true;
    if (sent.kind === "refused") return this.setState("refused", sent.problem.detail);
    const link = element("a", HTMLAnchorElement, this.node);
    link.href = sent.stored.url;
    link.textContent = messages.open(sent.stored.name);
    link.hidden = false;
    this.setState("stored", sent.stored.created ? messages.stored : messages.storedBefore);
  }

  /** For a file whose page was left before the server had answered. */
  unfinished(): void {
    element("progress", HTMLProgressElement, this.node).hidden = true;
    this.setState("refused", messages.unfinished);
  }

  private setState(state: string, text: string): void {
    this.node.dataset["state"] = state;
    this.part("[data-status]").textContent = text;
  }

  private part(selector: string): HTMLElement {
    return element(selector, HTMLElement, this.node);
  }
}
