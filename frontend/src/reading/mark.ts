/** One region drawn over the image, with its handles; dragged by mouse, touch or pen. */
import { set, svg } from "../dom";
import type { Point } from "../viewer/geometry";
import type { Viewer } from "../viewer/viewer";
import type { RegionData } from "./contract";
import { drag } from "./drag";
import type { Names } from "./marks";
import { corners, described, moved, reshaped } from "./regions";
import { messages } from "./messages";

const HANDLE = 8; // CSS pixels

export class Mark {
  region: RegionData;
  readonly node = svg("g", { class: "region", tabindex: 0, role: "application", "aria-roledescription": messages.region });
  private readonly lines = ["mark-grip", "mark-halo", "mark"].map((name) => svg("polygon", { class: name }));
  private readonly label = svg("text", { class: "mark-label" });
  private handles: SVGRectElement[] = [];
  private readonly viewer: Viewer;
  private readonly change: (region: RegionData) => void;

  constructor(region: RegionData, viewer: Viewer, change: (region: RegionData) => void) {
    this.region = region;
    this.viewer = viewer;
    this.change = change;
    this.lines[2]?.classList.toggle("b", region.kind === "polygon");
    this.node.append(...this.lines, this.label);
    this.node.addEventListener("pointerdown", (event) => this.drag(event));
  }

  layout(place: (point: Point) => Point, names: Names): void {
    const points = corners(this.region).map(place);
    for (const line of this.lines) set(line, { points: points.join(" ") });
    const [left, top] = [Math.min(...points.map(([x]) => x)), Math.min(...points.map(([, y]) => y))];
    set(this.label, { x: left, y: Math.max(top - 7, 14) });
    this.label.textContent = names.label(this.region.finding);
    this.node.setAttribute("aria-label", described(this.region, names.name(this.region.finding)));
    this.layoutHandles(points);
  }

  private layoutHandles(points: readonly Point[]): void {
    while (this.handles.length < points.length) {
      const handle = svg("rect", { class: "handle", width: HANDLE, height: HANDLE });
      this.handles.push(handle);
      this.node.append(handle);
    }
    this.handles.forEach((handle, index) => {
      const [x, y] = points[index] ?? [0, 0];
      set(handle, { x: x - HANDLE / 2, y: y - HANDLE / 2 });
    });
  }

  private drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.node.focus({ preventScroll: true });
    const corner = this.handles.findIndex((handle) => handle === event.target);
    const before = this.region;
    const follow = (to: Point, from: Point): void => {
      const image = this.viewer.info;
      this.change(corner < 0 ? moved(before, to[0] - from[0], to[1] - from[1], image) : reshaped(before, corner, to, image));
    };
    drag(this.node, event, this.viewer, follow, () => this.change(before));
  }
}
