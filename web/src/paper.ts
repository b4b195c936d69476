/**
 * The map on paper: it is drawn anew for the sheet before it is printed, and its picture is what is
 * printed, as a browser draws no frame between the two.
 */

import { sided } from "./i18n";
import type { MapHandle } from "./map/map";
import { drawScale, type ScaleBar } from "./picture";

/** What must stay free on the sheet, in pixels of CSS: at its beginning the legend. */
const FREE = 20;
const LEGEND = 270;
const MARGIN = 12;

export interface Sheet {
  stage: HTMLElement;
  /** The canvases of the map, the lowest first. */
  layers(): readonly HTMLCanvasElement[];
  map(): MapHandle | null;
  /** All that there is, where the reader has not moved the map; else `null`. */
  whole(): [number, number, number, number] | null;
  scale(): ScaleBar | null;
}

export function paper({ stage, layers, map, whole, scale }: Sheet): HTMLCanvasElement {
  const sheet = document.createElement("canvas");
  sheet.className = "paper-map";
  sheet.setAttribute("aria-hidden", "true");
  const root = document.documentElement;
  let theme: string | null = null;

  function draw(): void {
    const handle = map();
    if (!handle) return;
    const before = handle.view();
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    stage.classList.add("for-paper");
    handle.resize();
    const box = layers()[0]?.parentElement?.parentElement ?? stage;
    const bounds = whole();
    const [left, right] = sided(LEGEND, FREE);
    if (bounds) handle.fit(bounds, { top: FREE, bottom: FREE, left, right }, false);
    else handle.go({ ...before, zoom: before.zoom + Math.log2(Math.min(box.clientWidth / width, box.clientHeight / height)) });
    handle.drawNow();
    copy(box.clientWidth, box.clientHeight);
    stage.classList.remove("for-paper");
    handle.resize();
    handle.go(before);
    handle.drawNow();
  }

  function copy(width: number, height: number): void {
    const all = layers().filter((one) => one.width > 0 && one.height > 0);
    const density = Math.max(1, ...all.map((one) => one.width / width));
    [sheet.width, sheet.height] = [Math.round(width * density), Math.round(height * density)];
    const pen = sheet.getContext("2d");
    if (!pen) return;
    pen.scale(density, density);
    for (const one of all) pen.drawImage(one, 0, 0, width, height);
    const bar = scale();
    // Across from the legend.
    if (bar) drawScale(pen, bar, sided(MARGIN + bar.length, width - MARGIN)[1], height - MARGIN, getComputedStyle(root).getPropertyValue("--label").trim());
  }

  const begin = (): void => {
    if (theme !== null) return;
    theme = root.dataset.theme ?? "";
    draw();
    // Paper is white; the map keeps the colours of its legend.
    root.dataset.theme = "light";
  };
  const end = (): void => {
    if (theme !== null) root.dataset.theme = theme;
    theme = null;
  };
  addEventListener("beforeprint", begin);
  addEventListener("afterprint", end);
  matchMedia("print").addEventListener("change", ({ matches }) => (matches ? begin() : end()));
  return sheet;
}
