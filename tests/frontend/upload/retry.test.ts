import { expect, it } from "vitest";
import { untilAnswered, waitAfter } from "../../../frontend/src/upload/retry";
import { LOST, type Sent } from "../../../frontend/src/upload/send";

const STORED: Sent = { kind: "stored", stored: { url: "/", name: "PX-1", created: true } };

it("waits longer each time, up to a minute", () => {
  expect([1, 2, 3, 7, 30].map(waitAfter)).toEqual([1000, 2000, 4000, 60_000, 60_000]);
});

it("attempts until there is an answer, and no longer", async () => {
  const answers = [LOST, LOST, STORED, STORED] as const;
  const waited: number[] = [];
  let [count, lost] = [0, 0];
  const sent = await untilAnswered(
    () => Promise.resolve(answers[count++] ?? LOST),
    () => void lost++,
    (time) => Promise.resolve(void waited.push(time)),
  );
  expect([sent, count, lost, waited]).toEqual([STORED, 3, 2, [1000, 2000]]);
});
