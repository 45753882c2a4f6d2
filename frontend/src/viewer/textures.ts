/** Pixels on their way into textures. Stored values stay integers, so no precision is lost before the window. */
import { gettext } from "../i18n";

/** One level of an image: `width * height * channels` values, row by row, top row first. */
export interface Pixels {
  readonly data: Uint16Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
}

/** An attention map (0..255) and the box of the image it lies on, in image pixels. */
export interface Attention {
  readonly data: Uint8Array<ArrayBuffer>;
  readonly width: number;
  readonly height: number;
  readonly box: readonly [x0: number, y0: number, x1: number, y1: number];
}

/** R16UI for grey, RGB8UI for colour. Throws RangeError for an image larger than the graphics card takes. */
export function pixelTexture(gl: WebGL2RenderingContext, pixels: Pixels): WebGLTexture {
  const most = gl.getParameter(gl.MAX_TEXTURE_SIZE) as number;
  if (Math.max(pixels.width, pixels.height) > most) throw new RangeError(gettext("This computer shows images up to %(pixels)s pixels wide.", { pixels: most }));
  const texture = bound(gl, gl.NEAREST);
  if (pixels.channels === 3) {
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGB8UI, pixels.width, pixels.height);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, pixels.width, pixels.height, gl.RGB_INTEGER, gl.UNSIGNED_BYTE, pixels.data);
  } else {
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R16UI, pixels.width, pixels.height);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, pixels.width, pixels.height, gl.RED_INTEGER, gl.UNSIGNED_SHORT, pixels.data);
  }
  return texture;
}

export function attentionTexture(gl: WebGL2RenderingContext, map: Attention): WebGLTexture {
  const texture = bound(gl, gl.LINEAR);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R8, map.width, map.height);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, map.width, map.height, gl.RED, gl.UNSIGNED_BYTE, map.data);
  return texture;
}

/** R32F, one row: what a VOI LUT says, as exactly as it says it. */
export function tableTexture(gl: WebGL2RenderingContext, table: readonly number[]): WebGLTexture {
  const texture = bound(gl, gl.NEAREST);
  gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, table.length, 1);
  gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, 0, table.length, 1, gl.RED, gl.FLOAT, new Float32Array(table));
  return texture;
}

function bound(gl: WebGL2RenderingContext, filter: GLenum): WebGLTexture {
  const texture = gl.createTexture();
  gl.bindTexture(gl.TEXTURE_2D, texture);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, filter);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  return texture;
}
