/** One file, one request. XMLHttpRequest, because fetch does not tell how much has been sent. */
import { answered, csrfToken, type Problem } from "../net";
import { messages } from "./messages";

/** What the server says of a stored file; `created` is false where it had the same file already. */
export interface Stored {
  url: string;
  name: string;
  created: boolean;
}

export type Sent = { kind: "stored"; stored: Stored } | { kind: "refused"; problem: Problem };

/** Whether the file arrived is not known: it is to be sent again. The server knows a file again by what is in it. */
export const LOST = Symbol("lost");

const STALLED = 60_000; // ms without a byte going out
const CHECKED_WITHIN = 300_000; // ms from the last byte to the answer
const AGAIN = [408, 425, 429, 502, 503, 504]; // whoever said that, our server did not look at the file

/** What is sent of one file: the form's fields as they were when it was chosen, with the file in `field`. */
export function bodyOf(form: HTMLFormElement, field: string, file: File): FormData {
  const body = new FormData(form);
  body.delete("csrfmiddlewaretoken"); // the header's is newer, if somebody has signed in meanwhile
  body.set(field, file);
  return body;
}

/** Posts the body, which holds this file, to the form's `data-url`; `progress` hears the share sent, 0..1. */
export function sendFile(
  form: HTMLFormElement,
  body: FormData,
  file: File,
  progress: (share: number) => void,
): Promise<Sent | typeof LOST> {
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset["url"] ?? form.action);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json, application/problem+json");
  let watch = 0;
  const within = (time: number): void => {
    clearTimeout(watch);
    watch = window.setTimeout(() => request.abort(), time);
  };
  request.upload.addEventListener("progress", (event) => {
    within(STALLED);
    progress(event.lengthComputable ? event.loaded / event.total : 0);
  });
  request.upload.addEventListener("load", () => within(CHECKED_WITHIN));
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      clearTimeout(watch);
      if (request.status === 0) return resolve(lostOrGone(file));
      resolve(AGAIN.includes(request.status) ? LOST : sent(request));
    });
    within(STALLED);
    request.send(body);
  });
}

/** Nobody answered: for want of a network, or because the browser could not read the file, which it does not tell apart. */
async function lostOrGone(file: File): Promise<Sent | typeof LOST> {
  try {
    await file.slice(0, 1).arrayBuffer();
    return LOST;
  } catch {
    return refused(messages.unreadable);
  }
}

function sent(request: XMLHttpRequest): Sent {
  const json = request.getResponseHeader("Content-Type")?.includes("json") ? (JSON.parse(request.responseText) as unknown) : null;
  if (request.status === 200 && json === null) return refused(messages.signedOut); // the way led to the sign-in page
  if (request.status < 300 && json !== null) return { kind: "stored", stored: json as Stored };
  const problem = json as Partial<Problem> | null;
  return refused(problem?.detail ?? problem?.title ?? answered(request.status));
}

function refused(detail: string): Sent {
  return { kind: "refused", problem: { title: messages.notStored, detail } };
}
