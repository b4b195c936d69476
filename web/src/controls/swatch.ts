/** A small sample of what an area looks like on the map: the same colours, the same pattern pixels. */

import { h } from "../dom";
import { MEASURE, type Row } from "../measures";
import { classCount, classOfRow, type Model } from "../model";
import { NO_NEED, ZERO } from "../style/areas";
import { type Palette, spread } from "../style/palette";
import { RATIO, SIDE, tile } from "../style/patterns";
import type { Status } from "../types";

const pictures = new Map<string, string>();

function picture(status: Status, palette: Palette): string | null {
  const key = `${status}${palette.hatch}`;
  const known = pictures.get(key);
  if (known) return known;
  const made = tile(status, palette);
  if (!made) return null;
  const canvas = h("canvas", { width: made.width, height: made.height });
  canvas.getContext("2d")?.putImageData(new ImageData(made.data, made.width, made.height), 0, 0);
  const url = `url(${canvas.toDataURL()})`;
  pictures.set(key, url);
  return url;
}

/** An area as it lies on the map now. */
export function areaSwatch(row: Row, model: Model, palette: Palette): HTMLElement {
  return swatch(areaColour(row, model, palette), row.status, palette);
}

export function areaColour(row: Row, { state, edges, rows }: Model, palette: Palette): string {
  const ramp = palette.ramps[MEASURE[state.measure].ramp];
  const found = classOfRow(row, state.measure, edges);
  if (found === NO_NEED) return palette["no-need"];
  if (found === ZERO) return ramp.zero;
  return spread(ramp.classes, classCount(edges, rows, state.measure))[found] ?? palette.neutral;
}

export function swatch(colour: string, status: Status | null, palette: Palette): HTMLElement {
  const drawn = status && picture(status, palette);
  return h("span", {
    class: "swatch",
    "aria-hidden": "true",
    style: { background: drawn ? `${drawn} 0 0 / ${SIDE / RATIO}px ${SIDE / RATIO}px, ${colour}` : colour },
  });
}
