/** The map's style: a pure function of what is shown. One layer or a family of layers per file beside this one. */

import type { LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Ramp } from "../measures";
import type { Overlay } from "../state";
import { areaLayers, borderLayers } from "./areas";
import { overlayLayers } from "./overlays";
import type { Palette } from "./palette";

export interface Look {
  palette: Palette;
  ramp: Ramp;
  /** Classes in use, 0 to 5. */
  classes: number;
  overlays: readonly Overlay[];
  /** The level shown; its tiles have the one above too. */
  level: number;
}

/** Collections that are drawn, each from tiles of its own. */
export const SOURCES = ["areas", "uncovered", "service-areas", "sites"] as const;
export type SourceId = (typeof SOURCES)[number];

export function layers(look: Look): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": look.palette.ground } },
    ...areaLayers(look),
    ...overlayLayers(look),
    ...borderLayers(look),
  ];
}

/** The scheme under which the map asks the page for tiles; the page knows where they are. */
export const SCHEME = "tiles";

/** How the map asks for the tiles of a source. A new version makes it ask for all of them again. */
export const template = (id: SourceId, version: number): string => `${SCHEME}://${id}/{z}/{x}/{y}/${version}`;

/** What was asked for, as `template` writes it. */
export function asked(url: string): { id: SourceId; z: number; x: number; y: number } {
  const [id, z, x, y] = url.slice(SCHEME.length + 3).split("/");
  return { id: id as SourceId, z: Number(z), x: Number(x), y: Number(y) };
}

/** The deepest zoom that is asked for; beyond it its tiles are drawn larger. */
const DEEPEST = 14;

/** No glyphs, no sprite, no tiles of others: nothing but our own tiles is ever fetched. */
export function style(look: Look, deepest = DEEPEST): StyleSpecification {
  return {
    version: 8,
    sources: Object.fromEntries(
      SOURCES.map((id) => [id, { type: "vector" as const, tiles: [template(id, 0)], maxzoom: deepest, promoteId: "pcode" }]),
    ),
    layers: layers(look),
  };
}
