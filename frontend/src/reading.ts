/** The reading page's island. Everything it needs is in the page: the case, those after it, the reader. */
import { element, json } from "./dom";
import { actionsOf } from "./reading/actions";
import { listen } from "./reading/commands";
import type { Case, Upcoming } from "./reading/contract";
import { heartbeat } from "./reading/heartbeat";
import { KeyMap, type KeyPreferences } from "./reading/keymap";
import type { Need } from "./reading/keys";
import { ReadingPage } from "./reading/page";
import { KeySheet } from "./reading/sheet";
import { Submission } from "./reading/submission";
import { announce } from "./reading/announcer";
import { messages } from "./reading/messages";
import { NoWebgl } from "./viewer/viewer";

function start(): void {
  const user = document.body.dataset["user"] ?? "";
  const keys = new KeyMap(json<KeyPreferences>("preferences"));
  const page = pageFor(user, keys);
  if (!page) return;
  const submission = new Submission(page, user);
  listen(actionsOf(page, submission), keys);
  new KeySheet(keys, (need) => caseHas(page, need));
  document.addEventListener("submit", (event) => {
    if (!(event.target instanceof HTMLFormElement) || event.target.id !== "answers") return;
    event.preventDefault();
    submission.submit();
  });
  heartbeat(() => page.opened?.case.urls.heartbeat ?? null, () => announce(messages.leaseLost));
  page.start(json<Case>("case"), json<Upcoming[]>("upcoming"));
  submission.resume();
}

/** What the case on screen offers beyond answers and an image. */
function caseHas(page: ReadingPage, need: Need): boolean {
  const shown = page.opened?.case;
  switch (need) {
    case "model":
      return document.querySelector("input[name=map]") !== null;
    case "escalation":
      return Boolean(shown?.urls.escalate);
    case "frames":
      return (shown?.image.frames.length ?? 0) > 1;
    case "companions":
      return (shown?.companions.length ?? 0) > 0;
  }
}

/** Null, with the reason on the stage, where the browser has no WebGL2. */
function pageFor(user: string, keys: KeyMap): ReadingPage | null {
  try {
    return new ReadingPage(element("#canvas", HTMLCanvasElement), user, keys);
  } catch (error) {
    if (!(error instanceof NoWebgl)) throw error;
    const note = element("#stage-note", HTMLElement);
    note.textContent = messages.noWebgl;
    note.hidden = false;
    return null;
  }
}

start();
