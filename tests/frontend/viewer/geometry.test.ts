import { describe, expect, it } from "vitest";
import { Camera } from "../../../frontend/src/viewer/camera";
import { fit, pan, placement, recentre, shapeOf, toCanvas, toImage, zoom, type View } from "../../../frontend/src/viewer/geometry";
import { turned, UPRIGHT } from "../../../frontend/src/viewer/orientation";

const image = { width: 3000, height: 2000, aspect: 1 };
const canvas = { width: 900, height: 800 };
const place = (view: View) => placement(view, image, UPRIGHT);

describe("view", () => {
  it("fits the whole image into the middle", () => {
    expect(fit(image, canvas)).toEqual({ scale: 0.3, x: 0, y: 100 });
  });

  it("keeps the point under the pointer where it is while zooming", () => {
    const before = fit(image, canvas);
    const under = toImage(place(before), [200, 300]);
    const after = zoom(before, 2, [200, 300], image, canvas);
    expect(toCanvas(place(after), under)).toEqual([expect.closeTo(200), expect.closeTo(300)]);
  });

  it("never zooms below half the fitted size", () => {
    expect(zoom(fit(image, canvas), 0.01, [0, 0], image, canvas).scale).toBeCloseTo(0.15);
  });

  it("never loses the image", () => {
    const lost = pan(fit(image, canvas), 1e6, -1e6, image, canvas);
    expect(toImage(place(lost), [450, 400])).toEqual([0, expect.closeTo(2000)]);
  });

  it("keeps the middle in the middle when the canvas grows", () => {
    const before = fit(image, canvas);
    const after = recentre(before, canvas, { width: 1000, height: 900 });
    expect(toImage(place(after), [500, 450])).toEqual(toImage(place(before), [450, 400]));
  });
});

describe("camera", () => {
  it("fits again what is turned, and keeps the middle of what is zoomed", () => {
    const camera = new Camera();
    camera.open(image);
    camera.resize(canvas);
    camera.orientation = turned(camera.orientation, 1);
    expect(camera.view.scale).toBeCloseTo(800 / 3000);
    camera.zoom(4, [300, 200]);
    const { middle } = camera;
    camera.orientation = turned(camera.orientation, -1);
    expect(camera.middle).toEqual(middle.map((part) => expect.closeTo(part)));
  });

  it("shows pixels twice as tall as wide in their shape, turned or not", () => {
    const camera = new Camera();
    camera.open({ width: 100, height: 100, aspect: 2 });
    camera.resize({ width: 400, height: 400 });
    const corner = toCanvas(camera.place, [100, 100]);
    expect(corner).toEqual([expect.closeTo(300), expect.closeTo(400)]);
    expect(toImage(camera.place, corner)).toEqual([expect.closeTo(100), expect.closeTo(100)]);
    camera.orientation = turned(camera.orientation, 1);
    expect(toCanvas(camera.place, [100, 0])).toEqual([expect.closeTo(400), expect.closeTo(300)]);
  });

  it("enlarges the longer side of a pixel and shrinks none", () => {
    expect(shapeOf({ width: 100, height: 100, aspect: 0.5 })).toEqual({ width: 200, height: 100 });
    expect(shapeOf({ width: 100, height: 100, aspect: 2 })).toEqual({ width: 100, height: 200 });
  });
});
