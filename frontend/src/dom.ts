/** Typed look-ups that fail loudly: a page whose template lacks what a script needs is broken, not quiet. */

export function element<T extends Element>(selector: string, kind: new () => T, root: ParentNode = document): T {
  const found = root.querySelector(selector);
  if (!(found instanceof kind)) throw new Error(`This page has no ${kind.name} ${selector}.`);
  return found;
}

export function elements<T extends Element>(selector: string, kind: new () => T, root: ParentNode = document): T[] {
  return [...root.querySelectorAll(selector)].filter((found): found is T => found instanceof kind);
}

/** The value of a `{{ value|json_script:id }}`. The server's own templates vouch for its shape. */
export function json<T>(id: string): T {
  return JSON.parse(element(`script#${id}`, HTMLScriptElement).text) as T;
}

const SVG = "http://www.w3.org/2000/svg";

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Record<string, string | number>): SVGElementTagNameMap[K] {
  const made = document.createElementNS(SVG, tag);
  set(made, attributes);
  return made;
}

export function set(target: Element, attributes: Record<string, string | number>): void {
  for (const [name, value] of Object.entries(attributes)) target.setAttribute(name, String(value));
}
