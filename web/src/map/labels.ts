/**
 * Names drawn on a canvas over the map with the reader's own fonts, so that no glyphs are fetched and
 * every script is shaped by the browser. The areas that matter most come first, then the larger ones; a
 * name that would cover another waits.
 */

import type { Map as Chart } from "maplibre-gl";
import { near } from "./geo";

export interface Name {
  pcode: string;
  text: string;
  /** Longitude and latitude of its middle. */
  x: number;
  y: number;
  /** Degrees of longitude that it may take. */
  width: number;
}

export interface Names {
  show(names: readonly Name[]): void;
  /** The areas whose names come first, and are written also where they are wider than the area. */
  first(pcodes: readonly string[]): void;
  colours(label: string, halo: string): void;
  visible(on: boolean): void;
}

const SIZE = 11.5;

export function names(map: Chart, canvas: HTMLCanvasElement): Names {
  let list: readonly Name[] = [];
  let leading: readonly string[] = [];
  let [label, halo, on] = ["#000", "#fff", true];
  const pen = canvas.getContext("2d");
  const widths = new Map<string, number>();

  const draw = (): void => {
    if (!pen) return;
    const { clientWidth: width, clientHeight: height } = map.getContainer();
    const ratio = Math.min(2, devicePixelRatio || 1);
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) {
      canvas.width = Math.round(width * ratio);
      canvas.height = Math.round(height * ratio);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    if (!on) return;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineJoin = "round";
    const pixelsPerDegree = (512 * 2 ** map.getZoom()) / 360;
    const taken: [number, number, number, number][] = [];
    const middle = map.getCenter().lng;
    pen.font = `500 ${SIZE}px system-ui, "Segoe UI", "Noto Sans", "Liberation Sans", sans-serif`;
    for (const name of list) {
      let wide = widths.get(name.text);
      if (wide === undefined) widths.set(name.text, (wide = pen.measureText(name.text).width));
      if (!leading.includes(name.pcode) && wide > name.width * pixelsPerDegree * 1.15 + 6) continue;
      const at = map.project([near(name.x, middle), name.y]);
      const rect: [number, number, number, number] = [at.x - wide / 2 - 4, at.y - 9, at.x + wide / 2 + 4, at.y + 9];
      if (rect[2] < 0 || rect[3] < 0 || rect[0] > width || rect[1] > height) continue;
      if (taken.some((other) => rect[0] < other[2] && rect[2] > other[0] && rect[1] < other[3] && rect[3] > other[1])) continue;
      taken.push(rect);
      pen.lineWidth = 3.2;
      pen.strokeStyle = halo;
      pen.globalAlpha = 0.82;
      pen.strokeText(name.text, at.x, at.y);
      pen.globalAlpha = 1;
      pen.fillStyle = label;
      pen.fillText(name.text, at.x, at.y);
    }
  };
  map.on("render", draw);

  return {
    show(next) {
      list = inOrder(next, leading);
      map.triggerRepaint();
    },
    first(next) {
      if (next.join() === leading.join()) return;
      leading = next;
      list = inOrder(list, leading);
      map.triggerRepaint();
    },
    colours(nextLabel, nextHalo) {
      [label, halo] = [nextLabel, nextHalo];
      map.triggerRepaint();
    },
    visible(next) {
      on = next;
      map.triggerRepaint();
    },
  };
}

/** Names as they find room: those that lead, as they lead, then by the room they have. */
export function inOrder(names: readonly Name[], leading: readonly string[]): Name[] {
  const place = new Map(leading.map((pcode, at) => [pcode, at]));
  const rank = ({ pcode }: Name): number => place.get(pcode) ?? leading.length;
  return [...names].sort((a, b) => rank(a) - rank(b) || b.width - a.width);
}
