/** A small sample of what an area looks like on the map: the same colours, the same pattern pixels. */

import { h } from "../dom";
import type { Palette } from "../style/palette";
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

export function swatch(colour: string, status: Status | null, palette: Palette): HTMLElement {
  const drawn = status && picture(status, palette);
  return h("span", {
    class: "swatch",
    "aria-hidden": "true",
    style: { background: drawn ? `${drawn} 0 0 / ${SIDE / RATIO}px ${SIDE / RATIO}px, ${colour}` : colour },
  });
}
