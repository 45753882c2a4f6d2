/** What the page says aloud: one polite live region, shown for a moment beside the image. */
import { element } from "../dom";

const SHOWN = 4000; // ms
let timer = 0;

/** `seen` is false for what can be seen elsewhere already. */
export function say(text: string, seen = true): void {
  const voice = element("#voice", HTMLElement);
  voice.classList.toggle("is-quiet", !seen);
  voice.textContent = "";
  voice.textContent = text;
  clearTimeout(timer);
  timer = window.setTimeout(() => void (voice.textContent = ""), SHOWN);
}
