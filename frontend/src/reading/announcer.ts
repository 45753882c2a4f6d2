/** Announcements for screen readers: one polite live region, which also shows them beside the image for a moment. */
import { element } from "../dom";

const SHOWN = 4000; // ms
let timer = 0;

/** `seen` is false for a message that the page shows elsewhere already. */
export function announce(text: string, seen = true): void {
  const voice = element("#voice", HTMLElement);
  voice.classList.toggle("is-quiet", !seen);
  voice.textContent = "";
  voice.textContent = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => void (voice.textContent = ""), SHOWN);
}
