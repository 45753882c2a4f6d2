/** The worklist: reads that an earlier page could not save go from here too. Until they have, the list says so. */
import { element } from "./dom";
import { Outbox } from "./reading/outbox";
import { Saving } from "./reading/saving";
import { messages } from "./reading/messages";

function start(): void {
  const outbox = new Outbox(document.documentElement.dataset["user"] ?? "");
  if (outbox.entries.length === 0) return;
  const note = element("#kept-reads", HTMLElement);
  const saving = new Saving(outbox, {
    saveState(state, _trouble, waiting) {
      if (state === "saved") return location.reload(); // the list still holds what has been read
      note.hidden = false;
      element("[data-text]", HTMLElement, note).textContent = messages.kept(waiting);
    },
    stored: ({ draft }) => localStorage.removeItem(draft),
    mends: () => false,
  });
  element("button", HTMLButtonElement, note).addEventListener("click", () => void saving.retry());
  void saving.flush();
}

start();
