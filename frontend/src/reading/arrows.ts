/** Arrow keys on something that lies over the image. */
import type { Point } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";

const ARROWS: Record<string, Point> = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const STEP = 8; // CSS pixels an arrow moves; 1 image pixel with Alt

/** The step on screen in image pixels, taken from the page; null for any other key. */
export function arrowStep(event: KeyboardEvent, viewer: Viewer): Point | null {
  const arrow = ARROWS[event.key];
  if (!arrow || event.ctrlKey || event.metaKey) return null;
  event.preventDefault(); // Alt and an arrow would leave the page
  event.stopPropagation();
  const step = event.altKey ? 1 : Math.max(1, Math.round(STEP / viewer.overlayView.scale));
  return [arrow[0] * step, arrow[1] * step];
}
