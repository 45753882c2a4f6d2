/** The line under the image: what is known of it, its zoom, window, size and the level on screen. And on the image: how it is turned. */
import { element } from "../dom";
import type { Viewer } from "../viewer/viewer";
import { windowText } from "../viewer/windowing";
import type { Level } from "./levels";
import { words } from "./words";

const slot = (name: string): HTMLElement => element(`#foot-${name}`, HTMLElement);

export function describeCase(text: string | null, columns: number, rows: number): void {
  slot("case").textContent = text ?? "";
  slot("size").textContent = words.size(columns, rows);
}

export function describeView(viewer: Viewer, level: Level | "none"): void {
  const turned = element("#orientation", HTMLElement);
  const text = words.orientation(viewer.orientation);
  if (turned.textContent !== text) turned.textContent = text; // it is read aloud whenever it is set
  slot("zoom").textContent = words.zoom(Math.round(viewer.scale * 100));
  slot("window").textContent = viewer.facts.channels === 3 ? words.colour : windowText(viewer.windowing);
  slot("level").textContent = level === "half" ? words.half : "";
}
