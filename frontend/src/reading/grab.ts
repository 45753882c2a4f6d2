/** Dragging something that lies over the image by mouse, pen or finger. */
import type { Point } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";

/** Follows the pointer that went down on `node` until it lets go. A second finger beside it takes it all back. */
export function grab(node: SVGElement, event: PointerEvent, viewer: Viewer, follow: (to: Point, from: Point) => void, undo: () => void): void {
  const start = viewer.at(event);
  const done = new AbortController();
  const { signal } = done;
  event.stopPropagation(); // the image under it stays where it is
  event.preventDefault();
  node.setPointerCapture(event.pointerId);
  const own = (then: (now: PointerEvent) => void) => (now: PointerEvent) => now.pointerId === event.pointerId && then(now);
  node.addEventListener("pointermove", own((now) => follow(viewer.at(now), start)), { signal });
  for (const end of ["pointerup", "pointercancel"] as const) node.addEventListener(end, own(() => done.abort()), { signal });
  const second = (other: PointerEvent): void => {
    if (other.pointerType !== event.pointerType || other.pointerId === event.pointerId) return;
    done.abort();
    undo();
  };
  document.addEventListener("pointerdown", second, { signal, capture: true });
}
