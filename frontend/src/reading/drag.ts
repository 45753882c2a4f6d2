/** Dragging of what lies over the image, by mouse, pen or finger. */
import type { Point } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";

/** Follows the pointer that went down on `node` until it goes up. A second finger undoes the drag: it begins a pinch. */
export function drag(node: SVGElement, event: PointerEvent, viewer: Viewer, follow: (to: Point, from: Point) => void, undo: () => void): void {
  const start = viewer.at(event);
  const done = new AbortController();
  const { signal } = done;
  event.stopPropagation(); // the image under it must not move
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
