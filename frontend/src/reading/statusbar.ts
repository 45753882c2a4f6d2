/** The status bar under the image: image check, zoom, window, size and resolution level. And on the image: its orientation. */
import { element } from "../dom";
import type { Viewer } from "../viewer/viewer";
import { windowText } from "../viewer/windowing";
import type { Level } from "./levels";
import { messages } from "./messages";

const slot = (name: string): HTMLElement => element(`#status-${name}`, HTMLElement);

export function describeCase(text: string | null, columns: number, rows: number): void {
  slot("case").textContent = text ?? "";
  slot("size").textContent = messages.size(columns, rows);
}

export function describeView(viewer: Viewer, level: Level | "none"): void {
  const turned = element("#orientation", HTMLElement);
  const text = messages.orientation(viewer.orientation);
  if (turned.textContent !== text) turned.textContent = text; // it is read aloud whenever it is set
  slot("zoom").textContent = messages.zoom(Math.round(viewer.scale * 100));
  slot("window").textContent = viewer.info.channels === 3 ? messages.colour : windowText(viewer.windowing);
  slot("level").textContent = level === "half" ? messages.half : "";
}
