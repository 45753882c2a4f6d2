/** How one looks at an image: how large, at which part of it, turned or not. Sizes and points in device pixels of the canvas. */
import { fit, pan, placement, recentre, shapeOf, toCanvas, toImage, zoom, type Placement, type Point, type Raster, type Size, type View } from "./geometry";
import { laid, UPRIGHT, type Orientation } from "./orientation";

/** Towards which edge of the canvas a fitted image lies: left, neither, right. */
export type Edge = -1 | 0 | 1;

export class Camera {
  private image: Raster = { width: 1, height: 1, aspect: 1 };
  private canvas: Size = { width: 1, height: 1 };
  private seen: View = { scale: 1, x: 0, y: 0 };
  private turned: Orientation = UPRIGHT;
  private whole = true;
  private edge: Edge = 0;

  /** Another image: the whole of it, upright. */
  open(image: Raster): void {
    this.image = image;
    this.reset();
  }

  reset(): void {
    this.turned = UPRIGHT;
    this.fit();
  }

  fit(): void {
    this.whole = true;
    this.seen = fit(this.laid, this.canvas, this.edge);
  }

  /** The whole image is on screen, as large as the canvas allows. */
  get fitted(): boolean {
    return this.whole;
  }

  get align(): Edge {
    return this.edge;
  }

  set align(edge: Edge) {
    this.edge = edge;
    if (this.whole) this.fit();
  }

  /** The canvas changed its size: a fitted image fits again, otherwise what was in the middle stays there. */
  resize(canvas: Size): void {
    const before = this.canvas;
    this.canvas = canvas;
    this.seen = this.whole ? fit(this.laid, canvas, this.edge) : recentre(this.seen, before, canvas);
  }

  /** Larger by `factor` about a point of the canvas, its middle if none is given. */
  zoom(factor: number, at: Point = [this.canvas.width / 2, this.canvas.height / 2]): void {
    this.seen = zoom(this.seen, factor, at, this.laid, this.canvas);
    this.pan(0, 0);
  }

  pan(dx: number, dy: number): void {
    this.whole = false;
    this.seen = pan(this.seen, dx, dy, this.laid, this.canvas);
  }

  get view(): View {
    return this.seen;
  }

  get orientation(): Orientation {
    return this.turned;
  }

  /** Turn it; what was in the middle stays in the middle. */
  set orientation(orientation: Orientation) {
    const { middle } = this;
    this.turned = orientation;
    const [x, y] = toCanvas(this.place, middle);
    if (this.whole) this.fit();
    else this.pan(this.canvas.width / 2 - x, this.canvas.height / 2 - y);
  }

  get place(): Placement {
    return placement(this.seen, this.image, this.turned);
  }

  /** The image point in the middle of the canvas. */
  get middle(): Point {
    return toImage(this.place, [this.canvas.width / 2, this.canvas.height / 2]);
  }

  private get laid(): Size {
    return laid(shapeOf(this.image), this.turned);
  }
}
