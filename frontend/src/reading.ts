/** The reading page's island. Everything it needs is in the page: the case, those after it, the reader. */
import { element, json } from "./dom";
import { actionsOf } from "./reading/actions";
import { listen } from "./reading/commands";
import type { Case, Upcoming } from "./reading/contract";
import { heartbeat } from "./reading/heartbeat";
import { ReadingPage } from "./reading/page";
import { Submission } from "./reading/submission";
import { say } from "./reading/voice";
import { words } from "./reading/words";
import { NoWebgl } from "./viewer/viewer";

function start(): void {
  const user = document.body.dataset["user"] ?? "";
  const page = pageFor(user);
  if (!page) return;
  const submission = new Submission(page, user);
  listen(actionsOf(page, submission));
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.id !== "answers") return;
    event.preventDefault();
    submission.submit();
  });
  heartbeat(() => page.opened?.case.urls.heartbeat ?? null, () => say(words.leaseLost));
  page.start(json<Case>("case"), json<Upcoming[]>("upcoming"));
  submission.resume();
}

/** Null, with the reason on the stage, where the browser has no WebGL2. */
function pageFor(user: string): ReadingPage | null {
  try {
    return new ReadingPage(element("#canvas", HTMLCanvasElement), user);
  } catch (error) {
    if (!(error instanceof NoWebgl)) throw error;
    const note = element("#stage-note", HTMLElement);
    note.textContent = words.noWebgl;
    note.hidden = false;
    return null;
  }
}

start();
