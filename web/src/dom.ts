/** The few lines that stand in for a framework. */

export type Child = Node | string | number | null | undefined | false | readonly Child[];
type Props = Record<string, unknown>;

/** For what the server says: it speaks English to everybody. */
export const ENGLISH = { lang: "en", dir: "ltr" } as const;
/** For names and other data, whose language nobody knows. */
export const DATA = { dir: "auto" } as const;

const SVG = "http://www.w3.org/2000/svg";

/** An element. `on…` are listeners; `true` is a bare attribute; `null`, `undefined` and `false` are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props?: Props | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  return fill(document.createElement(tag), props, children);
}

export function svg<K extends keyof SVGElementTagNameMap>(tag: K, props?: Props | null, ...children: Child[]): SVGElementTagNameMap[K] {
  return fill(document.createElementNS(SVG, tag), props, children);
}

function fill<E extends Element>(element: E, props: Props | null | undefined, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value as EventListener);
    // The stylesheet is separate, so that a strict content policy holds: single properties only, set by script.
    else if (name === "style") for (const [key, one] of Object.entries(value as Record<string, string>)) (element as unknown as HTMLElement).style.setProperty(key, one);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  put(element, children);
  return element;
}

function put(element: Element, children: readonly Child[]): void {
  for (const child of children) {
    if (child === null || child === undefined || child === false) continue;
    if (Array.isArray(child)) put(element, child);
    else element.append(child as Node | string);
  }
}

/** Puts new children in place of the old. */
export function refill(element: Element, ...children: Child[]): void {
  element.replaceChildren();
  put(element, children);
}

/** Hands a file to the reader. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

const PATHS = {
  search: "M8 3.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9ZM11.4 11.4 15 15",
  plus: "M9 4v10M4 9h10",
  minus: "M4 9h10",
  home: "M3 8.5 9 3.5l6 5M5 7.5V14.5h8V7.5",
  layers: "M9 3 2.5 6.5 9 10l6.5-3.5ZM3 10l6 3.2L15 10",
  before: "M11 4 6 9l5 5",
  after: "M7 4l5 5-5 5",
  theme: "M9 3a6 6 0 1 0 0 12ZM9 3a6 6 0 0 1 0 12",
  print: "M5 7V3h8v4M5 13H3V7h12v6h-2M5 11h8v4H5Z",
  picture: "M3 4h12v10H3ZM3 12l3.5-3.5L9 11l3-3.5 3 3.5",
  import: "M9 12V3M5.5 6.5 9 3l3.5 3.5M3 11v4h12v-4",
  language: "M9 2.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM9 2.5c-3.6 4-3.6 9 0 13M9 2.5c3.6 4 3.6 9 0 13M2.8 7h12.4M2.8 11h12.4",
  close: "M4.5 4.5l9 9M13.5 4.5l-9 9",
  filter: "M3 5h12M5.5 9h7M8 13h2",
} as const;

/** A line icon, hidden from readers: its button carries the words. */
export function icon(name: keyof typeof PATHS, kind = ""): SVGSVGElement {
  return svg("svg", { class: `icon ${kind}`, viewBox: "0 0 18 18", "aria-hidden": "true" }, svg("path", { d: PATHS[name] }));
}
