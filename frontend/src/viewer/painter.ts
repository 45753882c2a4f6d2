/** Draws one scene into a WebGL2 context. It keeps no image state of its own: whoever owns the scene decides when to draw. */
import { undone, type Placement, type Size } from "./geometry";
import type { Lens } from "./lens";
import { programOf, type Program } from "./program";
import { tableTexture } from "./textures";
import type { Padding, Ramp, Table } from "./windowing";

export interface Overlay {
  readonly texture: WebGLTexture;
  readonly box: readonly [number, number, number, number];
  readonly opacity: number;
}

export interface Scene {
  readonly texture: WebGLTexture;
  readonly image: Size;
  readonly place: Placement;
  readonly colour: boolean;
  readonly ramp: Ramp;
  readonly inverted: boolean;
  readonly padding: Padding;
  readonly overlay: Overlay | null;
}

/** A scene rendered into a texture of its own, to be shown later at the cost of a copy. */
export interface Offscreen extends Size {
  readonly framebuffer: WebGLFramebuffer;
  readonly texture: WebGLTexture;
}

/** Attention below this share of the map's range leaves the image untouched. */
const MAP_THRESHOLD = 0.3;
const NO_PADDING = [1, 0] as const; // a range that holds nothing
const MAP_COLOUR = [1, 0.69, 0.17] as const; // amber, a hue that no grey image holds

export class Painter {
  private readonly gl: WebGL2RenderingContext;
  private readonly programs = new Map<boolean, Program>();
  private readonly tables = new WeakMap<Table, WebGLTexture>();

  constructor(gl: WebGL2RenderingContext) {
    this.gl = gl;
    gl.bindVertexArray(gl.createVertexArray());
  }

  /** On the canvas. */
  paint(scene: Scene): void {
    this.draw(scene, this.canvas);
  }

  /** Over what is on the canvas, inside the lens only. */
  enlarge(scene: Scene, { left, top, side, place }: Lens): void {
    const { gl } = this;
    gl.enable(gl.SCISSOR_TEST);
    gl.scissor(left, this.canvas.height - top - side, side, side);
    this.draw({ ...scene, place }, this.canvas);
    gl.disable(gl.SCISSOR_TEST);
  }

  /** The scene in a texture of its own; the canvas does not change. */
  renderOffscreen(scene: Scene, { width, height }: Size): Offscreen {
    const { gl } = this;
    const [framebuffer, texture] = [gl.createFramebuffer(), gl.createTexture()];
    gl.bindTexture(gl.TEXTURE_2D, texture);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, width, height);
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, texture, 0);
    this.draw(scene, { width, height });
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.flush(); // nothing on the canvas changes, so nobody else would send the commands off
    return { framebuffer, texture, width, height };
  }

  /** Copy an offscreen render onto a canvas of its size. */
  copy({ framebuffer, width, height }: Offscreen): void {
    const { gl } = this;
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, framebuffer);
    gl.blitFramebuffer(0, 0, width, height, 0, 0, width, height, gl.COLOR_BUFFER_BIT, gl.NEAREST);
    gl.bindFramebuffer(gl.READ_FRAMEBUFFER, null);
  }

  drop({ framebuffer, texture }: Offscreen): void {
    this.gl.deleteFramebuffer(framebuffer);
    this.gl.deleteTexture(texture);
  }

  clear(): void {
    this.gl.clearColor(0, 0, 0, 1);
    this.gl.clear(this.gl.COLOR_BUFFER_BIT);
  }

  /** Resolves once the graphics card has drawn what was asked of it so far; false where the context is lost. */
  async finished(): Promise<boolean> {
    const { gl } = this;
    const fence = gl.fenceSync(gl.SYNC_GPU_COMMANDS_COMPLETE, 0);
    gl.flush();
    while (fence && !gl.isContextLost()) {
      if (gl.getSyncParameter(fence, gl.SYNC_STATUS) === gl.SIGNALED) {
        gl.deleteSync(fence);
        return true;
      }
      await new Promise((resolve) => setTimeout(resolve)); // the status changes between tasks only
    }
    return false;
  }

  private get canvas(): Size {
    return { width: this.gl.drawingBufferWidth, height: this.gl.drawingBufferHeight };
  }

  private draw(scene: Scene, target: Size): void {
    const { gl } = this;
    const { image, place, ramp, overlay } = scene;
    const back = undone(place);
    const at = this.use(scene.colour);
    gl.viewport(0, 0, target.width, target.height);
    gl.uniform1f(at.canvasHeight, target.height);
    gl.uniform2f(at.image, image.width, image.height);
    gl.uniform3f(at.view, ...place.origin, place.scale);
    gl.uniformMatrix2fv(at.turn, false, [...back.across, ...back.down]);
    gl.uniform2f(at.pixelSides, Math.hypot(...place.across), Math.hypot(...place.down));
    gl.uniform2f(at.padding, ...(scene.padding ?? NO_PADDING));
    gl.uniform2f(at.ramp, ramp.gain, ramp.offset);
    gl.uniform1i(at.curve, ramp.table ? 2 : Number(ramp.sigmoid));
    gl.uniform1i(at.inverted, Number(scene.inverted));
    gl.uniform2f(at.mapMix, MAP_THRESHOLD, overlay?.opacity ?? 0);
    gl.uniform4f(at.mapBox, ...(overlay?.box ?? ([0, 0, 1, 1] as const)));
    gl.activeTexture(gl.TEXTURE2);
    gl.bindTexture(gl.TEXTURE_2D, ramp.table && this.table(ramp.table));
    gl.activeTexture(gl.TEXTURE1);
    gl.bindTexture(gl.TEXTURE_2D, overlay?.texture ?? null);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, scene.texture);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  private table(table: Table): WebGLTexture {
    const known = this.tables.get(table) ?? tableTexture(this.gl, table);
    this.tables.set(table, known);
    return known;
  }

  private use(colour: boolean): Program["at"] {
    const { gl } = this;
    const known = this.programs.get(colour) ?? programOf(gl, colour);
    this.programs.set(colour, known);
    gl.useProgram(known.program);
    gl.uniform1i(known.at.pixels, 0);
    gl.uniform1i(known.at.attention, 1);
    gl.uniform1i(known.at.table, 2);
    gl.uniform3f(known.at.mapColour, ...MAP_COLOUR);
    return known.at;
  }
}
