/** Keeps the case held for the reader while the page is visible, and the session while somebody does something there. */
import { post } from "../net";

const EVERY = 60_000; // ms

/** `url` is null while no case is open; `lost` is called when the server says that the case is no longer held. */
export function heartbeat(url: () => string | null, lost: () => void): void {
  let background = true;
  for (const sign of ["pointerdown", "pointermove", "keydown", "wheel"]) {
    document.addEventListener(sign, () => void (background = false), { passive: true });
  }
  window.setInterval(() => {
    const to = document.hidden ? null : url();
    if (to === null) return;
    void post(to, {}, { background }).then((outcome) => {
      if (outcome.kind === "refused" && url() === to) lost();
    });
    background = true;
  }, EVERY);
}
