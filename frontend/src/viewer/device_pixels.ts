/** The size of a canvas in device pixels, and device pixels by CSS pixel, now and whenever they change. */
import type { Size } from "./geometry";

/**
 * Calls `changed` at once and on every change, so that nothing else has to measure the layout. Browsers that give the exact
 * count also call it when the window moves to a screen of another density.
 */
export function watchDevicePixels(canvas: HTMLCanvasElement, changed: (size: Size, ratio: number) => void): void {
  const exact = "devicePixelContentBoxSize" in ResizeObserverEntry.prototype;
  const tell = (size: Size, css: number): void => changed(size, size.width / Math.max(css, 1));
  const observer = new ResizeObserver(([entry]) => {
    const [box] = exact ? (entry?.devicePixelContentBoxSize ?? []) : [];
    const css = entry?.contentRect.width ?? canvas.clientWidth;
    tell(box ? { width: box.inlineSize, height: box.blockSize } : rounded(canvas), css);
  });
  tell(rounded(canvas), canvas.clientWidth);
  observer.observe(canvas, { box: exact ? "device-pixel-content-box" : "content-box" });
}

function rounded({ clientWidth, clientHeight }: HTMLCanvasElement): Size {
  return { width: Math.round(clientWidth * devicePixelRatio), height: Math.round(clientHeight * devicePixelRatio) };
}
