/** Keeps the case held for the reader while the page is visible. */
import { post } from "../net";

const EVERY = 60_000; // ms

/** `url` is null while no case is open; `lost` is called when the server says that the case is no longer held. */
export function heartbeat(url: () => string | null, lost: () => void): void {
  window.setInterval(() => {
    const to = document.hidden ? null : url();
    if (to === null) return;
    void post(to, {}).then((outcome) => {
      if (outcome.kind === "refused" && url() === to) lost();
    });
  }, EVERY);
}
