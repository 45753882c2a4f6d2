/** Compiles the shaders and remembers where their uniforms are. */
import { fragment, VERTEX } from "./shaders";

const NAMES = [
  "pixels", "attention", "table", "image", "view", "turn", "pixelSides", "padding", "canvasHeight", "ramp", "curve", "inverted", "mapBox", "mapMix", "mapColour",
] as const;

export interface Program {
  readonly program: WebGLProgram;
  readonly at: Readonly<Record<(typeof NAMES)[number], WebGLUniformLocation | null>>;
}

/** Throws with the driver's log where a shader does not compile. */
export function programOf(gl: WebGL2RenderingContext, colour: boolean): Program {
  const program = gl.createProgram();
  for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, fragment(colour)]] as const) {
    const shader = gl.createShader(kind);
    if (!shader) throw new Error("The graphics context is lost.");
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  if (!gl.getProgramParameter(program, gl.LINK_STATUS) && !gl.isContextLost()) {
    const logs = (gl.getAttachedShaders(program) ?? []).map((shader) => gl.getShaderInfoLog(shader));
    throw new Error(`The image shader does not compile: ${[gl.getProgramInfoLog(program), ...logs].join(" ")}`);
  }
  const at = Object.fromEntries(NAMES.map((name) => [name, gl.getUniformLocation(program, name)])) as Program["at"];
  return { program, at };
}
