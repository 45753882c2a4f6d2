/** How many device pixels a canvas has on screen, and how many to a CSS pixel, now and whenever it changes. */
import type { Size } from "./geometry";

/** Calls at once and on every change, so that nobody need ask the page for its layout in between. Browsers that tell the exact count do so too when the page moves to a screen of another density. */
export function watchPixels(canvas: HTMLCanvasElement, changed: (size: Size, ratio: number) => void): void {
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
