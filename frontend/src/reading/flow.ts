/** Deferring a case, escalating it, asking for a second opinion, proposing a finding. Each opens a dialog and announces the outcome. */
import { ask, text } from "../dialog";
import { post, type Outcome } from "../net";
import type { Confirmation } from "./contract";
import type { ReadingPage } from "./page";
import { announce } from "./announcer";
import { messages } from "./messages";

/** The answers so far stay in this browser as a draft: deferring does not change the case's version. */
export async function defer(page: ReadingPage): Promise<void> {
  const shown = page.opened?.case;
  if (!shown || page.busy) return;
  const given = await ask("defer");
  if (given && (await left(page, shown.urls.defer, { until: text(given, "until"), version: shown.version }))) announce(messages.deferred(shown.pseudonym));
}

export async function escalate(page: ReadingPage): Promise<void> {
  const shown = page.opened?.case;
  if (!shown || page.busy) return;
  const url = shown.urls.escalate;
  if (url === null) return announce(messages.nobodyElse);
  const given = await ask("escalate");
  if (!given) return;
  const body = { role: text(given, "role"), reason: text(given, "reason"), version: shown.version };
  if (await left(page, url, body)) announce(messages.escalated(shown.pseudonym));
}

/** `url` is of the case in view, or of the read before it. */
export async function askOpinion(page: ReadingPage, url: string | null | undefined): Promise<void> {
  if (page.busy) return;
  if (!url) return announce(messages.nobodyElse);
  const given = await ask("opinion");
  if (!given) return;
  const outcome = await post<Confirmation>(url, { role: text(given, "role"), reason: text(given, "reason"), version: page.opened?.case.version ?? 0 });
  announce(outcome.kind === "ok" ? outcome.body.message : why(outcome));
}

/** Proposes a finding that the project does not ask for. It is sent at once and does not wait for the read. */
export async function propose(page: ReadingPage): Promise<void> {
  const url = page.opened?.case.urls.propose;
  if (!url) return;
  await ask("propose", { send: (given) => proposalSent(url, given) });
}

/** Announces that the proposal has arrived, or returns why not. */
async function proposalSent(url: string, given: FormData): Promise<string> {
  const body = { name: text(given, "name"), note: text(given, "note"), kind: text(given, "kind") };
  const outcome = await post<{ name: string }>(url, body);
  switch (outcome.kind) {
    case "ok":
      announce(messages.proposed(outcome.body.name));
      return "";
    case "refused":
      return outcome.problem.detail;
    case "signed-out":
      return messages.proposalSignedOut;
    case "unknown":
      return messages.proposalUnsent;
  }
}

/** Posts a command that leads to another case. False if the page is busy or the command failed, which is announced. */
export async function left(page: ReadingPage, url: string, body: object): Promise<boolean> {
  if (page.busy) return false;
  const outcome = await page.leave(url, body);
  if (outcome.kind !== "ok") announce(why(outcome));
  return outcome.kind === "ok";
}

/** Why a command failed, in words for the reader. */
export function why(outcome: Exclude<Outcome<unknown>, { kind: "ok" }>): string {
  if (outcome.kind === "refused") return outcome.problem.detail;
  return outcome.kind === "signed-out" ? messages.signedOut(1) : messages.failed;
}
