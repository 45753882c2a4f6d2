/** GLSL ES 3.00. One triangle covers the canvas; the fragment shader does all the image arithmetic. */

export const VERTEX = `#version 300 es
void main() {
  vec2 corner = vec2((gl_VertexID << 1) & 2, gl_VertexID & 2);
  gl_Position = vec4(corner * 2.0 - 1.0, 0.0, 1.0);
}`;

/** Grey images read one channel: on a software renderer that is a fifth faster than reading three. They alone have padding. */
export function fragment(colour: boolean): string {
  return `#version 300 es
#define STORED ${colour ? "vec3" : "float"}
#define CHANNELS ${colour ? "rgb" : "r"}
#define GREY ${colour ? 0 : 1}
${BODY}`;
}

const BODY = `
precision highp float;
precision highp int;
precision highp usampler2D;
precision highp sampler2D;

uniform usampler2D pixels;     // stored values of one level
uniform sampler2D attention;   // 0..1
uniform sampler2D table;       // one row of greys, 0..1
uniform vec2 image;            // columns, rows of the full level
uniform vec3 view;             // x, y, scale
uniform mat2 turn;             // takes a turn by quarters, a mirroring and the shape of a pixel back
uniform vec2 pixelSides;       // width and height of an image pixel at scale 1
uniform vec2 padding;          // lowest and highest stored value that is no measurement
uniform float canvasHeight;
uniform vec2 ramp;             // gain, offset
uniform int curve;             // 0 a line, 1 its logistic function, 2 the table
uniform bool inverted;
uniform vec4 mapBox;           // x0, y0, x1, y1 in image pixels
uniform vec2 mapMix;           // threshold, opacity
uniform vec3 mapColour;

out vec4 drawn;

bool isPadding(float stored) {
  return stored >= padding.x && stored <= padding.y;
}

// Mean of the texels under a box, weighted by the area they share with it. A box one texel wide is bilinear
// interpolation, a wider one the box filter of a minified image. At the image's edge the box is cut off. Padding has no
// share; where there is nothing else, empty is true.
STORED mean(vec2 at, vec2 side, out bool empty) {
  vec2 low = max(at - side * 0.5, 0.0);
  vec2 high = min(at + side * 0.5, vec2(textureSize(pixels, 0)));
  STORED sum = STORED(0.0);
  empty = false;
#if GREY
  if (padding.x <= padding.y) {
    float area = 0.0;
    for (float y = floor(low.y); y < high.y; y++) {
      for (float x = floor(low.x); x < high.x; x++) {
        float stored = float(texelFetch(pixels, ivec2(x, y), 0).r);
        if (isPadding(stored)) continue;
        float share = (min(high.x, x + 1.0) - max(low.x, x)) * (min(high.y, y + 1.0) - max(low.y, y));
        sum += share * stored;
        area += share;
      }
    }
    empty = area < 1e-3 * (high.x - low.x) * (high.y - low.y); // less than that is rounding
    return empty ? 0.0 : sum / area;
  }
#endif
  for (float y = floor(low.y); y < high.y; y++) {
    STORED line = STORED(0.0);
    for (float x = floor(low.x); x < high.x; x++) {
      float wide = min(high.x, x + 1.0) - max(low.x, x);
      line += wide * STORED(texelFetch(pixels, ivec2(x, y), 0).CHANNELS);
    }
    sum += (min(high.y, y + 1.0) - max(low.y, y)) * line;
  }
  return sum / ((high.x - low.x) * (high.y - low.y));
}

// Interpolated here, because not every graphics card does it for a float texture.
float entry(float share) {
  int last = textureSize(table, 0).x - 1;
  float place = clamp(share, 0.0, 1.0) * float(last);
  int low = int(place);
  float here = texelFetch(table, ivec2(low, 0), 0).r;
  return mix(here, texelFetch(table, ivec2(min(low + 1, last), 0), 0).r, place - float(low));
}

vec3 displayed(STORED stored) {
  vec3 value = vec3(stored * ramp.x + ramp.y);
  vec3 grey = curve == 2 ? vec3(entry(value.r)) : curve == 1 ? 1.0 / (1.0 + exp(-value)) : clamp(value, 0.0, 1.0);
  return inverted ? 1.0 - grey : grey;
}

void main() {
  vec2 canvas = vec2(gl_FragCoord.x, canvasHeight - gl_FragCoord.y);
  vec2 at = (canvas - view.xy) / view.z * turn; // a row vector times the columns of turn
  if (any(lessThan(at, vec2(0.0))) || any(greaterThan(at, image))) {
    drawn = vec4(0.0, 0.0, 0.0, 1.0);
    return;
  }
  vec2 texels = vec2(textureSize(pixels, 0)) / image;
  bool empty;
  STORED stored = mean(at * texels, max(texels / (view.z * pixelSides), vec2(1.0)), empty);
  if (empty) {
    drawn = vec4(0.0, 0.0, 0.0, 1.0); // no measurement: background, whatever the polarity, and no attention on it
    return;
  }
  vec3 shown = displayed(stored);
  if (mapMix.y > 0.0) {
    vec2 inBox = (at - mapBox.xy) / (mapBox.zw - mapBox.xy);
    bool inside = all(greaterThanEqual(inBox, vec2(0.0))) && all(lessThanEqual(inBox, vec2(1.0)));
    float strength = inside ? texture(attention, inBox).r : 0.0;
    float light = dot(shown, vec3(0.299, 0.587, 0.114));
    vec3 tint = mapColour * (1.0 - 0.45 * light); // darker where the image is bright, so that it stands out there too
    shown = mix(shown, tint, mapMix.y * smoothstep(mapMix.x, 1.0, strength));
  }
  drawn = vec4(shown, 1.0);
}`;
