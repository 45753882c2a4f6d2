/** The frames of an image, each as an image of its own that differs in its pixels alone. */
import { isSame, likewise, type Windowing } from "../viewer/windowing";
import type { CaseImage } from "./contract";

const NEAR = [1, -1, 2, -2, 3] as const; // what is fetched ahead, in this order

/** How many there are to leaf through. */
export function framesOf(image: CaseImage): number {
  return Math.max(1, image.frames.length);
}

/** The image with the pixels of another frame. */
export function frameOf(image: CaseImage, frame: number): CaseImage {
  const at = (url: string): string => `${url.split("?")[0]}${frame ? `?frame=${frame}` : ""}`;
  return { ...image, ...image.frames[frame], frame, half_url: at(image.half_url), full_url: at(image.full_url) };
}

/** The window of another frame that shows it as `now` shows this one: its preset of the same place, or changed alike by hand. */
export function windowOf(now: Windowing, from: CaseImage | null, to: CaseImage): Windowing {
  const place = from?.windows.findIndex((preset) => isSame(preset, now)) ?? -1;
  const [first, other] = [from?.windows[0], to.windows[0]];
  if (!first || !other) return other ?? now;
  return to.windows[place] ?? likewise(now, first, other);
}

/** The frames on both sides of this one. */
export function nearOf(image: CaseImage): CaseImage[] {
  const numbers = NEAR.map((step) => image.frame + step).filter((number) => number in image.frames);
  return numbers.map((number) => frameOf(image, number));
}
