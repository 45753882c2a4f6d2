/** What stands beside a measure, and what is said of it. */
import type { Point } from "../../viewer/geometry";
import { messages } from "../messages";
import type { Measure } from "./measure";
import { angleOf, lengthOf, pixelArea } from "./spacing";
import type { Subject } from "./subject";
import { ellipse, valuesAt } from "./values";

/** Lines beside the measure; the first one is the result. */
export function linesOf({ kind, points }: Measure, subject: Subject): string[] {
  const [a = [0, 0], b = a, c = b] = points;
  switch (kind) {
    case "length":
      return [messages.length(lengthOf(a, b, subject.spacing, subject.aspect), subject)];
    case "angle":
      return [messages.angle(angleOf(a, b, c, subject.spacing, subject.aspect))];
    case "roi":
      return area(a, b, subject);
    case "probe":
      return probe(a, subject);
  }
}

/** The same for those who do not see it, with the caveat in full. */
export function spokenOf(measure: Measure, subject: Subject): string {
  const caveat = measure.kind === "length" || measure.kind === "roi" ? messages.spacingNote(subject) : "";
  return [`${messages.measures[measure.kind]}: ${linesOf(measure, subject).join(", ")}`, caveat].filter(Boolean).join(". ");
}

/** "x 12, y 34: 56 HU", or nothing outside the image. */
export function readout(at: Point, subject: Subject): string {
  const pixels = subject.pixels();
  if (!pixels) return messages.valuesFollow;
  const values = valuesAt(pixels, subject, at);
  if (values === "padding") return `${messages.place(at)}: ${messages.padding}`;
  return values ? `${messages.place(at)}: ${messages.values(values, subject.unit)}` : "";
}

function probe(at: Point, subject: Subject): string[] {
  const pixels = subject.pixels();
  const values = pixels && valuesAt(pixels, subject, at);
  if (values === "padding") return [messages.padding, messages.place(at)];
  return [values ? messages.values(values, subject.unit) : messages.valuesFollow, messages.place(at)];
}

function area(a: Point, b: Point, subject: Subject): string[] {
  const pixels = subject.pixels();
  if (!pixels) return [messages.valuesFollow];
  const { count, channels } = ellipse(pixels, subject, a, b);
  return [...channels.flatMap((each, index) => messages.statistics(each, channels.length > 1 ? index : null, subject.unit)), messages.area(count * pixelArea(subject.spacing), count, subject)];
}
