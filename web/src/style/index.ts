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
}

const EMPTY: GeoJSON.FeatureCollection = { type: "FeatureCollection", features: [] };

/** Sources whose features are looked up by their own text id. */
export const SOURCES = ["areas", "parents", "uncovered", "service-areas", "sites"] as const;
export type SourceId = (typeof SOURCES)[number];

export function layers(look: Look): LayerSpecification[] {
  return [
    { id: "ground", type: "background", paint: { "background-color": look.palette.ground } },
    ...areaLayers(look),
    ...overlayLayers(look),
    ...borderLayers(look),
  ];
}

/** No glyphs, no sprite, no tiles: nothing here is ever fetched. */
export function style(look: Look): StyleSpecification {
  return {
    version: 8,
    sources: Object.fromEntries(
      SOURCES.map((id) => [id, { type: "geojson" as const, data: EMPTY, promoteId: "key", tolerance: 0.2, buffer: 16 }]),
    ),
    layers: layers(look),
  };
}
