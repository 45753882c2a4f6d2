/** One image on one canvas: its levels, its view, its window. Draws at most once per animation frame. */
import { fit, pan, recentre, zoom, type Point, type Size, type View } from "./geometry";
import { Painter, type Scene, type Still } from "./painter";
import { attentionTexture, pixelTexture, type Attention, type Pixels } from "./textures";
import { IDENTITY_8_BIT, ramp, type Windowing } from "./windowing";

/** What the viewer has to know of an image before any pixel arrives. */
export interface Facts extends Size {
  readonly channels: 1 | 3;
  readonly slope: number;
  readonly intercept: number;
  /** Low stored values are shown white (MONOCHROME1). */
  readonly inverted: boolean;
}

export interface Listener {
  /** The view, the window or the inversion changed and has been drawn. */
  changed(): void;
  /** The graphics context is gone; nothing is on screen. */
  lost(): void;
  /** It is back, empty: levels and map have to be given again. */
  restored(): void;
}

/** The browser has no WebGL2, or it is switched off. */
export class NoWebgl extends Error {}

export class Viewer {
  windowing: Windowing = { center: 0.5, width: 1, function: "LINEAR_EXACT" };
  inverted = false;
  facts: Facts = { width: 1, height: 1, channels: 1, slope: 1, intercept: 0, inverted: false };
  private view: View = { scale: 1, x: 0, y: 0 };
  private fitted = true;
  private frame = 0;
  private shown: string | null = null;
  private readonly levels = new Map<string, WebGLTexture>();
  private readonly stills = new Map<string, Still>();
  private map: { texture: WebGLTexture; box: Attention["box"] } | null = null;
  private opacity = 0.35;
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
    new ResizeObserver(() => this.resize()).observe(canvas);
    this.resize();
  }

  /** Take every level off the card whose name is not among these. */
  keep(names: readonly string[]): void {
    for (const name of this.levels.keys()) if (!names.includes(name)) this.drop(name);
  }

  /** Forget the image on screen and expect another one; levels in `keep` stay on the card. */
  open(facts: Facts, windowing: Windowing, keep: readonly string[]): void {
    this.facts = facts;
    this.windowing = windowing;
    this.inverted = false;
    this.shown = null;
    this.attend(null);
    this.keep(keep);
    this.fitted = true;
    this.resize();
  }

  /** Put a level on the graphics card. */
  upload(name: string, pixels: Pixels): void {
    if (!this.levels.has(name)) this.levels.set(name, pixelTexture(this.gl, pixels));
  }

  /** Put a level of another image on the card and draw it aside as `open` will show it first, so that showing it costs a copy. */
  prepare(name: string, pixels: Pixels, facts: Facts, windowing: Windowing): void {
    if (this.gl.isContextLost() || this.stills.has(name)) return;
    this.upload(name, pixels);
    const texture = this.levels.get(name);
    if (texture) this.stills.set(name, this.painter.still(sceneOf(texture, facts, windowing, fit(facts, this.size)), this.size));
  }

  /** A level of this name is on the card. */
  holds(name: string): boolean {
    return this.levels.has(name);
  }

  /** Show a level: asked of the graphics card before this returns, resolved once it is drawn, false where the context is lost. */
  show(name: string, pixels: Pixels): Promise<boolean> {
    this.upload(name, pixels);
    this.shown = name;
    this.draw();
    return this.painter.finished();
  }

  /** Lay an attention map over the image, or take it off. */
  attend(map: Attention | null): void {
    if (!map && !this.map) return;
    if (this.map) this.gl.deleteTexture(this.map.texture);
    this.map = map && { texture: attentionTexture(this.gl, map), box: map.box };
    this.request();
  }

  setOpacity(opacity: number): void {
    this.opacity = opacity;
    if (this.map) this.request();
  }

  setWindow(windowing: Windowing): void {
    this.windowing = windowing;
    this.request();
  }

  invert(): void {
    this.inverted = !this.inverted;
    this.request();
  }

  fit(): void {
    this.fitted = true;
    this.view = fit(this.facts, this.size);
    this.request();
  }

  /** Zoom about a point in CSS pixels of the canvas, its middle if none is given. */
  zoom(factor: number, at?: Point): void {
    const centre: Point = at ? [at[0] * this.ratio, at[1] * this.ratio] : [this.size.width / 2, this.size.height / 2];
    this.fitted = false;
    this.view = pan(zoom(this.view, factor, centre, this.facts, this.size), 0, 0, this.facts, this.size);
    this.request();
  }

  /** Move by CSS pixels. */
  pan(dx: number, dy: number): void {
    this.fitted = false;
    this.view = pan(this.view, dx * this.ratio, dy * this.ratio, this.facts, this.size);
    this.request();
  }

  /** The view in CSS pixels, for whatever is laid over the canvas. */
  get overlayView(): View {
    const { scale, x, y } = this.view;
    return { scale: scale / this.ratio, x: x / this.ratio, y: y / this.ratio };
  }

  /** Device pixels per image pixel. */
  get scale(): number {
    return this.view.scale;
  }

  private get size(): Size {
    return { width: this.canvas.width, height: this.canvas.height };
  }

  private get ratio(): number {
    return this.canvas.width / Math.max(this.canvas.clientWidth, 1);
  }

  private resize(): void {
    const before = this.size;
    const width = Math.max(1, Math.round(this.canvas.clientWidth * devicePixelRatio));
    const height = Math.max(1, Math.round(this.canvas.clientHeight * devicePixelRatio));
    if (width !== before.width || height !== before.height) Object.assign(this.canvas, { width, height });
    this.view = this.fitted ? fit(this.facts, this.size) : recentre(this.view, before, this.size);
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
    else if (!this.drawStill(name)) this.painter.paint(this.scene(texture));
    this.canvas.dataset["view"] = [this.view.scale, this.view.x, this.view.y].join(" ");
    this.listener.changed();
  }

  private scene(texture: WebGLTexture): Scene {
    const overlay = this.map && { ...this.map, opacity: this.opacity };
    return { ...sceneOf(texture, this.facts, this.windowing, this.view), inverted: this.inverted !== this.facts.inverted, overlay };
  }

  /** The still made ahead serves for the first drawing only, and only if the canvas still has its size. */
  private drawStill(name: string): boolean {
    const still = this.stills.get(name);
    if (!still) return false;
    const fits = still.width === this.canvas.width && still.height === this.canvas.height;
    if (fits) this.painter.copy(still);
    this.painter.drop(still);
    this.stills.delete(name);
    return fits;
  }

  private drop(name: string): void {
    this.gl.deleteTexture(this.levels.get(name) ?? null);
    this.levels.delete(name);
    const still = this.stills.get(name);
    if (still) this.painter.drop(still);
    this.stills.delete(name);
  }

  private lose(event: Event): void {
    event.preventDefault(); // asks the browser to restore it
    this.levels.clear();
    this.stills.clear();
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
function sceneOf(texture: WebGLTexture, facts: Facts, windowing: Windowing, view: View): Scene {
  const colour = facts.channels === 3;
  const shade = colour ? IDENTITY_8_BIT : ramp(windowing, facts.slope, facts.intercept);
  return { texture, view, colour, image: facts, ramp: shade, inverted: facts.inverted, overlay: null };
}
