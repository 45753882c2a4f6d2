/** The pixels of this case and the next: fetched once, kept while needed, given up on leave. */
import type { Attention, Pixels } from "../viewer/textures";
import type { CaseImage } from "./contract";

export type Level = "half" | "full";

/** The server's pixels are missing or not what the case says. */
export class ImageUnreadable extends Error {}

interface Fetched {
  readonly abort: AbortController;
  readonly arrival: Promise<Pixels>;
  pixels: Pixels | null;
}

export function levelUrl(image: CaseImage, level: Level): string {
  return level === "half" ? image.half_url : image.full_url;
}

export class Levels {
  private readonly fetched = new Map<string, Fetched>();

  /** The level's pixels; one request however often it is asked for. Raises ImageUnreadable; a failure is forgotten, so asking again tries again. */
  get(image: CaseImage, level: Level): Promise<Pixels> {
    const url = levelUrl(image, level);
    const known = this.fetched.get(url);
    if (known) return known.arrival;
    const abort = new AbortController();
    const entry: Fetched = { abort, pixels: null, arrival: this.fetch(url, image, level, abort.signal) };
    this.fetched.set(url, entry);
    entry.arrival.then(
      (pixels) => void (entry.pixels = pixels),
      () => void this.fetched.delete(url),
    );
    return entry.arrival;
  }

  /** The level's pixels if they are here already. */
  ready(image: CaseImage, level: Level): Pixels | null {
    return this.fetched.get(levelUrl(image, level))?.pixels ?? null;
  }

  /** Give up everything but these images' levels. */
  keep(images: readonly CaseImage[]): void {
    const wanted = new Set(images.flatMap((image) => [image.half_url, image.full_url]));
    for (const [url, entry] of this.fetched) {
      if (wanted.has(url)) continue;
      this.fetched.delete(url);
      entry.abort.abort();
    }
  }

  private async fetch(url: string, image: CaseImage, level: Level, signal: AbortSignal): Promise<Pixels> {
    const [width, height] = level === "half" ? [image.half_columns, image.half_rows] : [image.columns, image.rows];
    const buffer = await bytes(url, signal);
    const { channels } = image;
    const expected = width * height * (channels === 3 ? 3 : 2);
    if (buffer.byteLength !== expected) throw new ImageUnreadable(`${buffer.byteLength} bytes instead of ${expected}.`);
    return { width, height, channels, data: channels === 3 ? new Uint8Array(buffer) : new Uint16Array(buffer) };
  }
}

/** The attention map of a finding. Raises ImageUnreadable. */
export async function attentionMap(url: string): Promise<Attention> {
  const answer = await fetch(url, { credentials: "same-origin" });
  const [height, width] = [Number(answer.headers.get("X-Map-Rows")), Number(answer.headers.get("X-Map-Columns"))];
  const [x0, y0, x1, y1] = (answer.headers.get("X-Map-Box") ?? "").split(" ").map(Number);
  const data = new Uint8Array(await answer.arrayBuffer());
  if (!answer.ok || !(width * height > 0) || data.length !== width * height || x0 === undefined || y0 === undefined || x1 === undefined || y1 === undefined) {
    throw new ImageUnreadable("The attention map is not what its headers say.");
  }
  return { data, width, height, box: [x0, y0, x1, y1] };
}

const WAITS = [250, 500, 1000, 2000, 4000]; // ms before each further attempt
const FINAL = [401, 403, 404, 410];

/** Asks again where the network or the server fails. Raises ImageUnreadable, or what fetch raises. */
async function bytes(url: string, signal: AbortSignal): Promise<ArrayBuffer> {
  for (const wait of WAITS) {
    const found = await attempt(url, signal);
    if (found instanceof ArrayBuffer) return found;
    if (FINAL.includes(found)) break;
    await new Promise((resolve) => setTimeout(resolve, wait));
    signal.throwIfAborted();
  }
  const answer = await fetch(url, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new ImageUnreadable(`The server answered ${answer.status}.`);
  return answer.arrayBuffer();
}

/** The bytes, or the status that came instead: 0 where nothing came. */
async function attempt(url: string, signal: AbortSignal): Promise<ArrayBuffer | number> {
  try {
    const answer = await fetch(url, { signal, credentials: "same-origin" });
    return answer.ok ? await answer.arrayBuffer() : answer.status;
  } catch (error) {
    if (error instanceof TypeError) return 0;
    throw error;
  }
}
