/** Putting a case aside, sending it on, asking for a second opinion: each asks first and says what came of it. */
import { post } from "../net";
import { asked, text } from "./asking";
import type { Said } from "./contract";
import type { ReadingPage } from "./page";
import { say } from "./voice";
import { words } from "./words";

/** What is answered so far stays in this browser, under the case's version, which does not change. */
export async function defer(page: ReadingPage): Promise<void> {
  const shown = page.opened?.case;
  if (!shown || page.busy) return;
  const given = await asked("defer");
  if (given && (await page.leave(shown.urls.defer, { until: text(given, "until"), version: shown.version }))) say(words.deferred(shown.pseudonym));
}

export async function escalate(page: ReadingPage): Promise<void> {
  const shown = page.opened?.case;
  if (!shown || page.busy) return;
  const url = shown.urls.escalate;
  if (url === null) return say(words.nobodyElse);
  const given = await asked("escalate");
  if (!given) return;
  const body = { role: text(given, "role"), reason: text(given, "reason"), version: shown.version };
  if (await page.leave(url, body)) say(words.escalated(shown.pseudonym));
}

/** Of the case in view, or by `url` of the read before it. */
export async function askOpinion(page: ReadingPage, url: string | null | undefined): Promise<void> {
  if (page.busy) return;
  if (!url) return say(words.nobodyElse);
  const given = await asked("opinion");
  if (!given) return;
  const outcome = await post<Said>(url, { role: text(given, "role"), reason: text(given, "reason"), version: page.opened?.case.version ?? 0 });
  if (outcome.kind === "ok") say(outcome.body.message);
  else say(outcome.kind === "refused" ? outcome.problem.detail : outcome.kind === "signed-out" ? words.signedOut(1) : words.failed);
}
