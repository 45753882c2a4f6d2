// The least that showing a level costs in this browser: fetch its bytes, put them on the card, draw once. Milliseconds of each.
async ({ url, width, height }) => {
  const canvas = Object.assign(document.createElement("canvas"), { width: 1000, height: 800 });
  const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false });
  const program = gl.createProgram();
  for (const [kind, source] of [
    [gl.VERTEX_SHADER, "#version 300 es\nvoid main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0, 1); }"],
    [
      gl.FRAGMENT_SHADER,
      `#version 300 es
      precision highp float; precision highp usampler2D; uniform usampler2D level; out vec4 colour;
      void main() { colour = vec4(vec3(float(texelFetch(level, ivec2(gl_FragCoord.xy), 0).r) / 16384.0), 1); }`,
    ],
  ]) {
    const shader = gl.createShader(kind);
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  gl.useProgram(program);
  const seen = new Uint8Array(4);
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, seen); // the program is compiled now

  const start = performance.now();
  const bytes = await (await fetch(url, { cache: "no-store" })).arrayBuffer();
  const fetched = performance.now();
  gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MIN_FILTER, gl.NEAREST);
  gl.texParameteri(gl.TEXTURE_2D, gl.TEXTURE_MAG_FILTER, gl.NEAREST);
  gl.pixelStorei(gl.UNPACK_ALIGNMENT, 2);
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.R16UI, width, height, 0, gl.RED_INTEGER, gl.UNSIGNED_SHORT, new Uint16Array(bytes));
  gl.drawArrays(gl.TRIANGLES, 0, 3);
  gl.readPixels(0, 0, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, seen); // waits until it is drawn
  const drawn = performance.now();
  gl.getExtension("WEBGL_lose_context").loseContext();
  return { fetch: fetched - start, draw: drawn - fetched };
};
