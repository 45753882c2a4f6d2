/** One image on one canvas: its levels, how it is looked at, its window. Draws at most once per animation frame. */
import { Camera, type Edge } from "./camera";
import { watchDevicePixels } from "./device_pixels";
import { fit, placement, scaled, shapeOf, toImage, type Placement, type Point, type Raster, type Size } from "./geometry";
import { lensAt, type Lens } from "./lens";
import { inImage, UPRIGHT, type Orientation } from "./orientation";
import { Painter, type Scene, type Offscreen } from "./painter";
import { attentionTexture, pixelTexture, type Attention, type Pixels } from "./textures";
import { IDENTITY_8_BIT, ramp, type Padding, type Windowing } from "./windowing";

/** What the viewer has to know of an image before any pixel arrives. */
export interface ImageInfo extends Raster {
  readonly channels: 1 | 3;
  readonly slope: number;
  readonly intercept: number;
  /** Low stored values are shown white (MONOCHROME1). */
  readonly inverted: boolean;
  /** Stored values from the first to the second are no measurement, and black; null where there are none such. */
  readonly padding: Padding;
}

export interface Listener {
  /** The view, the window or the inversion changed and has been drawn. */
  changed(): void;
  /** The graphics context is gone; nothing is on screen. */
  lost(): void;
  /** It is back, empty: the levels have to be given again. */
  restored(): void;
}

/** The browser has no WebGL2, or it is switched off. */
export class NoWebgl extends Error {}

export class Viewer {
  windowing: Windowing = { center: 0.5, width: 1, function: "LINEAR_EXACT" };
  inverted = false;
  info: ImageInfo = { width: 1, height: 1, aspect: 1, channels: 1, slope: 1, intercept: 0, inverted: false, padding: null };
  private readonly camera = new Camera();
  private magnified: Point | null = null; // CSS pixels
  private frame = 0;
  private shown: string | null = null;
  private readonly levels = new Map<string, WebGLTexture>();
  private readonly offscreens = new Map<string, Offscreen>();
  private attention: Attention | null = null;
  private map: WebGLTexture | null = null;
  private opacity = 0.35;
  private ratio = 1; // device pixels a CSS pixel
  private readonly gl: WebGL2RenderingContext;
  private painter: Painter;
  readonly canvas: HTMLCanvasElement;
  private readonly listener: Listener;

  /** Throws NoWebgl. */
  constructor(canvas: HTMLCanvasElement, listener: Listener) {
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, powerPreference: "high-performance" });
    if (!gl) throw new NoWebgl("WebGL 2 is not available.");
    this.canvas = canvas;
    this.listener = listener;
    this.gl = gl;
    this.painter = new Painter(gl);
    canvas.addEventListener("webglcontextlost", (event) => this.lose(event));
    canvas.addEventListener("webglcontextrestored", () => this.restore());
    canvas.addEventListener("overread:draw", () => this.draw()); // tests read the canvas back in the same task
    watchDevicePixels(canvas, (size, ratio) => this.resize(size, ratio));
  }

  /** Take every level off the card whose name is not among these. */
  keep(names: readonly string[]): void {
    for (const name of this.levels.keys()) if (!names.includes(name)) this.drop(name);
  }

  /** Forget the image on screen and expect another one; levels in `keep` stay on the card. */
  open(info: ImageInfo, windowing: Windowing, keep: readonly string[]): void {
    this.info = info;
    this.windowing = windowing;
    this.inverted = false;
    this.magnified = null;
    this.shown = null;
    this.attend(null);
    this.keep(keep);
    this.camera.open(info);
    this.draw();
  }

  /** Put a level on the graphics card. */
  upload(name: string, pixels: Pixels): void {
    if (!this.levels.has(name)) this.levels.set(name, pixelTexture(this.gl, pixels));
  }

  /** Put a level of another image on the card and draw it aside as `open` will show it first, so that showing it costs a copy. */
  prepare(name: string, pixels: Pixels, info: ImageInfo, windowing: Windowing): void {
    if (this.gl.isContextLost() || this.offscreens.has(name)) return;
    this.upload(name, pixels);
    const texture = this.levels.get(name);
    const place = placement(fit(shapeOf(info), this.size), info, UPRIGHT);
    if (texture) this.offscreens.set(name, this.painter.renderOffscreen(sceneOf(texture, info, windowing, place), this.size));
  }

  /** A level of this name is on the card. */
  holds(name: string): boolean {
    return this.levels.has(name);
  }

  /** Show a level: asked of the graphics card before this returns, resolved once it is drawn, false where the context is lost. */
  async show(name: string, pixels: Pixels): Promise<boolean> {
    if (this.gl.isContextLost()) return false;
    this.upload(name, pixels);
    this.shown = name;
    this.draw();
    return this.painter.finished();
  }

  /** Lay an attention map over the image, or take it off. */
  attend(map: Attention | null): void {
    if (!map && !this.attention) return;
    this.gl.deleteTexture(this.map);
    this.attention = map;
    this.map = null; // made when it is drawn, also after a lost context
    this.request();
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity;
    if (this.attention) this.request();
  }

  setWindow(windowing: Windowing): void {
    this.windowing = windowing;
    this.request();
  }

  invert(): void {
    this.inverted = !this.inverted;
    this.request();
  }

  /** Turn or mirror it, as `change` says from how it lies now. */
  orient(change: (now: Orientation) => Orientation): void {
    this.camera.orientation = change(this.orientation);
    this.request();
  }

  get orientation(): Orientation {
    return this.camera.orientation;
  }

  /** Upright, fitted, not inverted, without the lens, with this window. */
  reset(windowing: Windowing): void {
    this.inverted = false;
    this.magnified = null;
    this.camera.reset();
    this.setWindow(windowing);
  }

  fit(): void {
    this.camera.fit();
    this.request();
  }

  /** The whole image is on screen, as large as the canvas allows. */
  get fitted(): boolean {
    return this.camera.fitted;
  }

  /** Towards which edge of the canvas a fitted image lies: -1 left, 0 none, 1 right. */
  get align(): Edge {
    return this.camera.align;
  }

  set align(edge: Edge) {
    if (edge === this.camera.align) return;
    this.camera.align = edge;
    this.request();
  }

  /** Zoom about a point in CSS pixels of the canvas, its middle if none is given. */
  zoom(factor: number, at?: Point): void {
    this.camera.zoom(factor, at && [at[0] * this.ratio, at[1] * this.ratio]);
    this.request();
  }

  /** Move by CSS pixels. */
  pan(dx: number, dy: number): void {
    this.camera.pan(dx * this.ratio, dy * this.ratio);
    this.request();
  }

  /** Enlarge what lies around a point in CSS pixels of the canvas, or nothing. */
  magnify(at: Point | null): void {
    if (!at && !this.magnified) return;
    this.magnified = at;
    this.request();
  }

  /** The lens in CSS pixels. */
  get lens(): Readonly<Record<"left" | "top" | "side", number>> | null {
    const { lensed: lens, ratio } = this;
    return lens && { left: lens.left / ratio, top: lens.top / ratio, side: lens.side / ratio };
  }

  /** Where the image lies in CSS pixels, for whatever is laid over the canvas. */
  get overlayView(): Placement {
    return scaled(this.camera.place, 1 / this.ratio);
  }

  /** The image point under a pointer. */
  at({ clientX, clientY }: MouseEvent): Point {
    const { left, top } = this.canvas.getBoundingClientRect();
    return toImage(this.overlayView, [clientX - left, clientY - top]);
  }

  /** The image point in the middle of the canvas. */
  get middle(): Point {
    return this.camera.middle;
  }

  /** A direction on screen as one in the image, turned as it is. */
  inImage(direction: Point): Point {
    return inImage(this.orientation, direction);
  }

  /** Device pixels per image pixel. */
  get scale(): number {
    return this.camera.view.scale;
  }

  private get size(): Size {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  private get lensed(): Lens | null {
    const { magnified: at, ratio } = this;
    return at && lensAt([at[0] * ratio, at[1] * ratio], this.camera.place, this.size, ratio);
  }

  private resize(size: Size, ratio: number): void {
    this.ratio = ratio || 1; // a canvas out of sight has no width
    const [width, height] = [Math.max(1, size.width), Math.max(1, size.height)];
    if (width !== this.size.width || height !== this.size.height) Object.assign(this.canvas, { width, height });
    this.camera.resize(this.size);
    this.draw();
  }

  private request(): void {
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    const name = this.shown;
    const texture = name === null ? undefined : this.levels.get(name);
    if (name === null || !texture) this.painter.clear();
    else if (!this.drawOffscreen(name)) this.paint(texture);
    const { scale, x, y } = this.camera.view;
    this.canvas.dataset["view"] = [scale, x, y].join(" ");
    this.listener.changed();
  }

  private paint(texture: WebGLTexture): void {
    const scene = this.scene(texture);
    this.painter.paint(scene);
    if (this.lensed) this.painter.enlarge(scene, this.lensed);
  }

  private scene(texture: WebGLTexture): Scene {
    const { attention, opacity } = this;
    if (attention) this.map ??= attentionTexture(this.gl, attention);
    const overlay = attention && this.map && { texture: this.map, box: attention.box, opacity };
    return { ...sceneOf(texture, this.info, this.windowing, this.camera.place), inverted: this.inverted !== this.info.inverted, overlay };
  }

  /** The offscreen render serves for the first drawing only, and only if the canvas still has its size. */
  private drawOffscreen(name: string): boolean {
    const offscreen = this.offscreens.get(name);
    if (!offscreen) return false;
    const fits = offscreen.width === this.canvas.width && offscreen.height === this.canvas.height && this.camera.align === 0;
    if (fits) this.painter.copy(offscreen);
    this.painter.drop(offscreen);
    this.offscreens.delete(name);
    return fits;
  }

  private drop(name: string): void {
    this.gl.deleteTexture(this.levels.get(name) ?? null);
    this.levels.delete(name);
    const offscreen = this.offscreens.get(name);
    if (offscreen) this.painter.drop(offscreen);
    this.offscreens.delete(name);
  }

  private lose(event: Event): void {
    event.preventDefault(); // asks the browser to restore it
    this.levels.clear();
    this.offscreens.clear();
    this.map = null;
    this.shown = null;
    this.listener.lost();
  }

  private restore(): void {
    this.painter = new Painter(this.gl);
    this.listener.restored();
  }
}

/** An image as it is first shown: not inverted by hand, no map over it. */
function sceneOf(texture: WebGLTexture, info: ImageInfo, windowing: Windowing, place: Placement): Scene {
  const colour = info.channels === 3;
  const shade = colour ? IDENTITY_8_BIT : ramp(windowing, info.slope, info.intercept);
  return { texture, place, colour, image: info, ramp: shade, inverted: info.inverted, padding: info.padding, overlay: null };
}
