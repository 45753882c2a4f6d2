/** Images looked at alike: the same part, as large, in the same window, each measured by its own image. */
import { fit, shapeOf, toCanvas, toImage, within, type Point } from "../../viewer/geometry";
import { laid } from "../../viewer/orientation";
import type { Viewer } from "../../viewer/viewer";
import { likewise, type Windowing } from "../../viewer/windowing";

const SLIGHT = 1e-3; // nothing to draw anew for

/** A viewer, and the window its image opens with. */
export interface Linked {
  readonly viewer: Viewer;
  readonly first: Windowing;
}

/** Let `to` be looked at as `from` is. Two sides of a pair are mirror images of each other. */
export function follow(from: Linked, to: Linked): void {
  followPlace(from.viewer, to.viewer);
  followWindow(from, to);
}

function followPlace(from: Viewer, to: Viewer): void {
  if (from.fitted) {
    if (!to.fitted) to.fit();
    return;
  }
  const factor = ((from.scale / fitted(from)) * fitted(to)) / to.scale;
  if (Math.abs(factor - 1) > SLIGHT) to.zoom(factor);
  const [x, y] = middle(from);
  const { info, overlayView, canvas } = to;
  const [left, top] = toCanvas(overlayView, [(from.align * to.align < 0 ? 1 - x : x) * info.width, y * info.height]);
  const [dx, dy] = [canvas.clientWidth / 2 - left, canvas.clientHeight / 2 - top];
  if (Math.hypot(dx, dy) > 1 / 2) to.pan(dx, dy);
}

/** Devices differ in their units, so a change of the window counts against the window that each image opens with. */
function followWindow(from: Linked, to: Linked): void {
  if (from.viewer.info.channels === 3 || to.viewer.info.channels === 3) return;
  const wanted = likewise(from.viewer.windowing, from.first, to.first);
  const { center, width, function: shape } = to.viewer.windowing;
  if (center !== wanted.center || width !== wanted.width || shape !== wanted.function) to.viewer.setWindow(wanted);
  if (to.viewer.inverted !== from.viewer.inverted) to.viewer.invert();
}

function fitted({ info, orientation, canvas }: Viewer): number {
  return fit(laid(shapeOf(info), orientation), canvas).scale;
}

/** The image point in the middle of the canvas, in shares of the image. */
function middle({ overlayView, canvas, info }: Viewer): Point {
  const [x, y] = toImage(overlayView, [canvas.clientWidth / 2, canvas.clientHeight / 2]);
  return [within(x / info.width, 0, 1), within(y / info.height, 0, 1)];
}
