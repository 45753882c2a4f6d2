/** The upload page: drop or choose several files, watch each arrive, read what the server says of each. */
import { element } from "./dom";
import { StoredList, type Entry } from "./upload/stored_list";
import { untilAnswered } from "./upload/retry";
import { Row } from "./upload/row";
import { bodyOf, sendFile, type Sent } from "./upload/send";

/**
 * `<form id="upload" data-url data-project>` with a file input and a field for the patient, `<template id="upload-row">`, and a `#upload-kept` with a
 * button that clears the list. With `data-lead` a file that was sent alone leads to its result. Without this script the form
 * posts as it is.
 */
function start(): void {
  const form = element("#upload", HTMLFormElement);
  const input = element("input[type=file]", HTMLInputElement, form);
  const drop = element("[data-drop]", HTMLElement, form);
  const foot = element("#upload-kept", HTMLElement);
  const list = element("#upload-list", HTMLElement);
  const kept = new StoredList(document.documentElement.dataset["user"] ?? "", form.dataset["project"] ?? "");
  const patient = element("input[name=patient]", HTMLInputElement, form);
  const waiting: { file: File; body: FormData; row: Row; entry: Entry }[] = [];
  let sending = false;

  const add = (files: FileList | null): void => {
    for (const file of files ?? []) {
      const body = bodyOf(form, input.name, file);
      waiting.push({ file, body, row: new Row(file), entry: kept.add({ name: file.name, size: file.size, sent: null }) });
    }
    patient.value = ""; // the files chosen next may be another patient's
    void sendAll();
  };
  const sendAll = async (): Promise<void> => {
    if (sending) return;
    sending = foot.hidden = true; // what is on its way cannot be cleared
    const all: Sent[] = [];
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { row, file, body, entry } = next;
      const sent = await untilAnswered(
        () => sendFile(form, body, file, (share) => row.progress(share)),
        () => row.lost(),
      );
      row.finish(sent);
      kept.finish(entry, sent);
      all.push(sent);
    }
    sending = false;
    lead(all);
    foot.hidden = kept.entries.length === 0;
  };

  const lead = ([sent, ...others]: Sent[]): void => {
    if ("lead" in form.dataset && sent?.kind === "stored" && !others.length) location.assign(sent.stored.url);
  };

  for (const entry of kept.entries) {
    const row = new Row(entry);
    if (entry.sent) row.finish(entry.sent);
    else row.unfinished();
  }
  foot.hidden = kept.entries.length === 0;
  list.ariaLive = "polite"; // from here on what changes is said aloud
  element("button", HTMLButtonElement, foot).addEventListener("click", () => {
    kept.clear();
    list.replaceChildren();
    foot.hidden = true;
    input.focus();
  });

  element("button[type=submit]", HTMLButtonElement, form).hidden = true; // files go as soon as they are chosen
  input.addEventListener("change", () => {
    add(input.files);
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      drop.classList.add("is-over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => drop.classList.remove("is-over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    add(event.dataTransfer?.files ?? null);
  });
  window.addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault();
  });
}

start();
