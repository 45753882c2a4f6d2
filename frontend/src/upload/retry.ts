/** Sends a file until the server has answered, however often the connection is lost. */
import { LOST, type Sent } from "./send";

const FIRST = 1_000; // ms
const LONGEST = 60_000; // ms

/** How long to wait before the attempt after `lost` lost ones: twice as long each time, up to a minute. */
export function waitAfter(lost: number): number {
  return Math.min(LONGEST, FIRST * 2 ** (lost - 1));
}

/** Repeats the attempt until there is an answer; calls `lost` after each attempt without one. */
export async function untilAnswered(
  attempt: () => Promise<Sent | typeof LOST>,
  lost: () => void,
  pause: (time: number) => Promise<void> = orOnline,
): Promise<Sent> {
  for (let count = 1; ; count++) {
    const sent = await attempt();
    if (sent !== LOST) return sent;
    lost();
    await pause(waitAfter(count));
  }
}

/** Waits that long, or until the browser reports a network. */
function orOnline(time: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      window.removeEventListener("online", done);
      resolve();
    };
    const timer = window.setTimeout(done, time);
    window.addEventListener("online", done);
  });
}
