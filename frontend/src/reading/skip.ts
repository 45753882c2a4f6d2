/** Refusing a case, with a reason. */
import { ask, text } from "../dialog";
import { why } from "./flow";
import type { ReadingPage } from "./page";
import { announce } from "./announcer";
import { messages } from "./messages";

/** Asks for a reason and leaves the case. If the server refuses the reason (422), the dialog opens again with it. */
export async function skip(page: ReadingPage, refusal = ""): Promise<void> {
  const shown = page.opened?.case;
  if (!shown || page.busy) return;
  const given = await ask("skip", { refusal, key: chooseByDigit });
  if (given === null || page.busy) return;
  const outcome = await page.leave(shown.urls.skip, { reason: reasonIn(given), version: shown.version });
  if (outcome.kind === "ok") announce(outcome.body.told ?? messages.skipped(shown.pseudonym));
  else if (outcome.kind === "refused" && outcome.status === 422) await skip(page, outcome.problem.detail);
  else announce(why(outcome));
}

/** A digit chooses a reason and closes the dialog, except while the reader types a text. */
function chooseByDigit(event: KeyboardEvent, dialog: HTMLDialogElement): void {
  const writing = event.target instanceof HTMLInputElement && event.target.type === "text";
  if (writing || event.ctrlKey || event.metaKey || event.altKey || event.repeat || !/^[1-9]$/.test(event.key)) return;
  const choice = dialog.querySelectorAll<HTMLInputElement>("input[name=reason]")[Number(event.key) - 1];
  if (!choice) return;
  event.preventDefault();
  event.stopPropagation(); // the dialog is closed by the time the page would hear it
  choice.checked = true;
  dialog.close("yes");
}

/** The chosen reason, with the text typed beside it. */
function reasonIn(given: FormData): string {
  return [text(given, "reason"), text(given, "detail")].filter((part) => part.trim()).join(": ");
}
