/** The upload page: drop or choose several files, watch each arrive, read what the server says of each. */
import { element } from "./dom";
import { Row } from "./upload/row";
import { sendFile } from "./upload/send";

/** `<form id="upload" data-url>` with a file input, and `<template id="upload-row">`. Without this script the form posts as it is. */
function start(): void {
  const form = element("#upload", HTMLFormElement);
  const input = element("input[type=file]", HTMLInputElement, form);
  const drop = element("[data-drop]", HTMLElement, form);
  const waiting: { file: File; row: Row }[] = [];
  let sending = false;

  const add = (files: FileList | null): void => {
    for (const file of files ?? []) waiting.push({ file, row: new Row(file) });
    void sendAll();
  };
  const sendAll = async (): Promise<void> => {
    if (sending) return;
    sending = true;
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { row, file } = next;
      row.finish(await sendFile(form, input.name, file, (share) => row.progress(share)));
    }
    sending = false;
  };

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
