/** The panel's lines about the answers so far: how many, which are open, which differ from the first read. */
import type { Answers } from "./answers";
import type { CaseFinding } from "./contract";
import { messages } from "./messages";

/** `drawn`: the regions on the image, in words; `obstacle`: why the case cannot be submitted yet; `rest`: findings that "0" marks absent. */
export function describeAnswers(panel: HTMLElement, answers: Answers, drawn: string, obstacle: string | null, rest: readonly CaseFinding[]): void {
  const total = answers.findings.length;
  answers.compareFirst();
  answers.askUnsettled();
  write(panel, "[data-drawn-regions]", drawn);
  write(panel, "[data-answered]", messages.answered(total - answers.missing.length, total));
  write(panel, "#left", obstacle ?? "");
  write(panel, "[data-rest]", messages.rest(rest.length, answers.missing.filter((finding) => !rest.includes(finding))));
  panel.querySelector("[data-command='rest.absent']")?.setAttribute("aria-disabled", String(rest.length === 0));
  panel.querySelector("button[type=submit]")?.setAttribute("aria-disabled", String(obstacle !== null));
}

/** Some modes have a panel without this line. */
function write(panel: HTMLElement, selector: string, text: string): void {
  const line = panel.querySelector(selector);
  if (line) line.textContent = text;
}
