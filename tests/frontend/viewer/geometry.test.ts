import { describe, expect, it } from "vitest";
import { fit, pan, recentre, toCanvas, toImage, zoom } from "../../../frontend/src/viewer/geometry";

const image = { width: 3000, height: 2000 };
const canvas = { width: 900, height: 800 };

describe("view", () => {
  it("fits the whole image into the middle", () => {
    expect(fit(image, canvas)).toEqual({ scale: 0.3, x: 0, y: 100 });
  });

  it("keeps the point under the pointer where it is while zooming", () => {
    const before = fit(image, canvas);
    const under = toImage(before, [200, 300]);
    const after = zoom(before, 2, [200, 300], image, canvas);
    expect(toCanvas(after, under)).toEqual([expect.closeTo(200), expect.closeTo(300)]);
  });

  it("never zooms below half the fitted size", () => {
    expect(zoom(fit(image, canvas), 0.01, [0, 0], image, canvas).scale).toBeCloseTo(0.15);
  });

  it("never loses the image", () => {
    const lost = pan(fit(image, canvas), 1e6, -1e6, image, canvas);
    expect(toImage(lost, [450, 400])).toEqual([0, expect.closeTo(2000)]);
  });

  it("keeps the middle in the middle when the canvas grows", () => {
    const before = fit(image, canvas);
    const after = recentre(before, canvas, { width: 1000, height: 900 });
    expect(toImage(after, [500, 450])).toEqual(toImage(before, [450, 400]));
  });
});
