/** How many device pixels a canvas has on screen, now and whenever it changes. */
import type { Size } from "./geometry";

/** Calls at once and on every change. Browsers that tell the exact count do so too when the page moves to a screen of another density. */
export function watchPixels(canvas: HTMLCanvasElement, changed: (size: Size) => void): void {
  const exact = "devicePixelContentBoxSize" in ResizeObserverEntry.prototype;
  const observer = new ResizeObserver(([entry]) => {
    const [box] = exact ? (entry?.devicePixelContentBoxSize ?? []) : [];
    changed(box ? { width: box.inlineSize, height: box.blockSize } : rounded(canvas));
  });
  changed(rounded(canvas));
  observer.observe(canvas, { box: exact ? "device-pixel-content-box" : "content-box" });
}

function rounded({ clientWidth, clientHeight }: HTMLCanvasElement): Size {
  return { width: Math.round(clientWidth * devicePixelRatio), height: Math.round(clientHeight * devicePixelRatio) };
}
