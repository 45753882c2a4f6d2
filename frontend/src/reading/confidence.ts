/** How sure the reader is of the read as a whole. Nobody has to say it, and nothing says it for them. */
import { elements } from "../dom";

export type Confidence = "" | "low" | "medium" | "high";

export function confidenceIn(panel: ParentNode): Confidence {
  return (steps(panel).find((step) => step.checked)?.value ?? "") as Confidence;
}

export function setConfidence(panel: ParentNode, value: Confidence): void {
  const step = steps(panel).find((each) => each.value === value);
  if (step) step.checked = true;
}

/** The next step: not given, low, medium, high, and not given again. Returns what it is called. */
export function cycleConfidence(panel: ParentNode): string {
  const all = steps(panel);
  const next = all[(all.findIndex((step) => step.checked) + 1) % Math.max(all.length, 1)];
  if (!next) return "";
  next.checked = true;
  next.dispatchEvent(new Event("input", { bubbles: true }));
  return next.getAttribute("aria-label") ?? "";
}

function steps(panel: ParentNode): HTMLInputElement[] {
  return elements("input[name=confidence]", HTMLInputElement, panel);
}
