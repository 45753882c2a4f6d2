/** One file, one request. XMLHttpRequest, because fetch does not tell how much has been sent. */
import { answered, csrfToken, type Problem } from "../net";
import { words } from "./words";

/** What the server says of a stored file; `created` is false where it had the same file already. */
export interface Stored {
  url: string;
  name: string;
  created: boolean;
}

export type Sent = { kind: "stored"; stored: Stored } | { kind: "refused"; problem: Problem };

/** Posts the form's own fields with this file to the form's `data-url`; `progress` hears the share sent, 0..1. */
export function sendFile(form: HTMLFormElement, field: string, file: File, progress: (share: number) => void): Promise<Sent> {
  const body = new FormData(form);
  body.set(field, file);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset["url"] ?? form.action);
  request.setRequestHeader("X-CSRFToken", csrfToken());
  request.setRequestHeader("Accept", "application/json, application/problem+json");
  request.upload.addEventListener("progress", (event) => progress(event.lengthComputable ? event.loaded / event.total : 0));
  return new Promise((resolve) => {
    request.addEventListener("load", () => resolve(sent(request)));
    request.addEventListener("error", () => resolve(refused(words.unreachable)));
    request.send(body);
  });
}

function sent(request: XMLHttpRequest): Sent {
  const json = request.getResponseHeader("Content-Type")?.includes("json") ? (JSON.parse(request.responseText) as unknown) : null;
  if (request.status < 300 && json !== null) return { kind: "stored", stored: json as Stored };
  const problem = json as Partial<Problem> | null;
  return refused(problem?.detail ?? problem?.title ?? answered(request.status));
}

function refused(detail: string): Sent {
  return { kind: "refused", problem: { title: words.notStored, detail } };
}
