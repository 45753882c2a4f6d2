/** One line of the upload list: name, size, progress, and what became of the file. */
import { element } from "../dom";
import type { Entry } from "./kept";
import type { Sent } from "./send";

const KIB = 1024;

export class Row {
  private readonly node: HTMLElement;

  constructor(file: Pick<Entry, "name" | "size">) {
    const pattern = element("#upload-row", HTMLTemplateElement);
    this.node = element("li", HTMLLIElement, pattern.content).cloneNode(true) as HTMLElement;
    this.part("[data-name]").textContent = file.name;
    this.part("[data-size]").textContent = sizeText(file.size);
    this.say("waiting", "Waiting");
    element("#upload-list", HTMLElement).append(this.node);
  }

  progress(share: number): void {
    element("progress", HTMLProgressElement, this.node).value = share;
    this.say("sending", share < 1 ? `${Math.round(share * 100)} %` : "Checking");
  }

  finish(sent: Sent): void {
    element("progress", HTMLProgressElement, this.node).hidden = true;
    if (sent.kind === "refused") return this.say("refused", sent.problem.detail);
    const link = element("a", HTMLAnchorElement, this.node);
    link.href = sent.stored.url;
    link.textContent = `Open ${sent.stored.name}`;
    link.hidden = false;
    this.say("stored", sent.stored.created ? "Stored" : "Already stored");
  }

  /** For a file whose page was left before the server had answered. */
  unfinished(): void {
    element("progress", HTMLProgressElement, this.node).hidden = true;
    this.say("refused", "Not known to have arrived: the page was left. Choose the file again; it is not stored twice.");
  }

  private say(state: string, text: string): void {
    this.node.dataset["state"] = state;
    this.part("[data-status]").textContent = text;
  }

  private part(selector: string): HTMLElement {
    return element(selector, HTMLElement, this.node);
  }
}

export function sizeText(bytes: number): string {
  return bytes < KIB * KIB ? `${Math.ceil(bytes / KIB)} kB` : `${(bytes / KIB / KIB).toFixed(1)} MB`;
}
