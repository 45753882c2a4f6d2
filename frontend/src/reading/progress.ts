/** What the panel says of the answers so far: how many, which are open, what differs from the first read. */
import type { Answers } from "./answers";
import type { CaseFinding } from "./contract";
import { words } from "./words";

/** `drawn`: whose regions are on the image; `obstacle`: why the case cannot be submitted yet; `rest`: which "0" marks absent. */
export function describeAnswers(panel: HTMLElement, answers: Answers, drawn: string, obstacle: string | null, rest: readonly CaseFinding[]): void {
  const total = answers.findings.length;
  answers.compareFirst();
  answers.askUnsettled();
  write(panel, "[data-drawn-regions]", drawn);
  write(panel, "[data-answered]", words.answered(total - answers.missing.length, total));
  write(panel, "#left", obstacle ?? "");
  write(panel, "[data-rest]", words.rest(rest.length, answers.missing.filter((finding) => !rest.includes(finding))));
  panel.querySelector("[data-command='rest.absent']")?.setAttribute("aria-disabled", String(rest.length === 0));
  panel.querySelector("button[type=submit]")?.setAttribute("aria-disabled", String(obstacle !== null));
}

/** Not every mode's panel has every line. */
function write(panel: HTMLElement, selector: string, text: string): void {
  const line = panel.querySelector(selector);
  if (line) line.textContent = text;
}
