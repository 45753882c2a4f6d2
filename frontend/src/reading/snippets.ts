/** The project's ready-made sentences, put into the comment where the caret was left. What they become is ordinary text. */
import { json } from "../dom";
import { insertText } from "./comment";
import type { ReadingPage } from "./page";
import { Picker } from "./picker";
import { announce } from "./announcer";
import { messages } from "./messages";

/** What the command does. */
export function snippetsFor(page: ReadingPage): () => void {
  const picker = new Picker("snippets", true);
  const texts = json<string[]>("snippet-texts");
  let visited: Element | null = null; // the field in which the reader has been: each case brings its own
  document.addEventListener("focusin", ({ target }) => {
    if (target instanceof HTMLTextAreaElement) visited = target;
  });
  return () => {
    const field = document.querySelector<HTMLTextAreaElement>("#panel textarea");
    if (!field || page.busy) return;
    if (texts.length === 0) return announce(messages.noSnippets);
    picker.open(texts.map((name) => ({ name, detail: "" })), (index) => {
      insertText(field, texts[index] ?? "", visited === field);
      field.focus();
      announce(messages.snippetInserted, false);
    });
  };
}
