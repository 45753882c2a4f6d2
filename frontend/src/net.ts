/** Talking to the server: JSON out, JSON or problem+json in, and every way it can fail as a value. */
import { gettext } from "./i18n";

export interface Problem {
  title: string;
  detail: string;
  errors?: Record<string, string>;
}

export type Outcome<T> =
  | { kind: "ok"; body: T }
  /** The server understood and said no (4xx). */
  | { kind: "refused"; status: number; problem: Problem }
  /** The session has ended. */
  | { kind: "signed-out" }
  /** Offline, timed out, 5xx, or an answer that makes no sense: whether it arrived is not known. */
  | { kind: "unknown" };

const TIMEOUT = 30_000;
const WORTH_REPEATING = [408, 425, 429];

interface How {
  /** It outlives the page. */
  keepalive?: boolean;
  /** Nobody did anything: the server does not take it for use of the session. */
  background?: boolean;
}

export function post<T>(url: string, body: object, how: How = {}): Promise<Outcome<T>> {
  return send<T>("POST", url, body, how);
}

export function patch<T>(url: string, body: object): Promise<Outcome<T>> {
  return send<T>("PATCH", url, body, {});
}

async function send<T>(method: string, url: string, body: object, { keepalive = false, background = false }: How): Promise<Outcome<T>> {
  const headers = { "Content-Type": "application/json", Accept: "application/json, application/problem+json", "X-CSRFToken": csrfToken() };
  try {
    const answer = await fetch(url, {
      method,
      body: JSON.stringify(body),
      headers: background ? { ...headers, "X-Background": "1" } : headers,
      credentials: "same-origin",
      redirect: "manual", // a redirect is the sign-in page
      signal: AbortSignal.timeout(TIMEOUT),
      keepalive,
    });
    return await outcome<T>(answer);
  } catch {
    return { kind: "unknown" }; // network, timeout or broken JSON
  }
}

async function outcome<T>(answer: Response): Promise<Outcome<T>> {
  if (answer.type === "opaqueredirect" || answer.status === 401) return { kind: "signed-out" };
  if (answer.ok) return { kind: "ok", body: (answer.status === 204 ? null : await answer.json()) as T };
  if (answer.status >= 500 || WORTH_REPEATING.includes(answer.status)) return { kind: "unknown" };
  // A 403 without a reason is the CSRF check's: the session that this page's token belongs to is over.
  if (answer.status === 403 && !isJson(answer)) return { kind: "signed-out" };
  return { kind: "refused", status: answer.status, problem: await problemOf(answer) };
}

/** The server's own words where it has sent problem+json, its status otherwise. */
export async function problemOf(answer: Response): Promise<Problem> {
  const sent = isJson(answer) ? ((await answer.json()) as Partial<Problem>) : {};
  const title = sent.title ?? answered(answer.status);
  return { title, detail: sent.detail ?? title, ...(sent.errors ? { errors: sent.errors } : {}) };
}

/** What is said of an answer that says nothing itself. */
export function answered(status: number): string {
  return gettext("The server answered %(status)s.", { status });
}

function isJson(answer: Response): boolean {
  return answer.headers.get("Content-Type")?.includes("json") === true;
}

/** The cookie knows of a sign-in in another tab; the page's own token serves where scripts may not read the cookie. */
export function csrfToken(): string {
  const cookie = /(?:^|;\s*)(?:__Host-|__Secure-)?csrftoken=([^;]+)/.exec(document.cookie)?.[1];
  return cookie ?? document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
}
