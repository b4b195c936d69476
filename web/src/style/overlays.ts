/** Service areas, uncovered ground and sites: drawn over the choropleth when switched on. */

import type { LayerSpecification } from "maplibre-gl";
import type { Overlay } from "../state";
import type { Look } from "./index";

export function overlayLayers({ palette, overlays }: Look): LayerSpecification[] {
  const shown = (name: Overlay): "visible" | "none" => (overlays.includes(name) ? "visible" : "none");
  return [
    {
      id: "uncovered",
      type: "fill",
      source: "uncovered",
      "source-layer": "uncovered",
      layout: { visibility: shown("uncovered") },
      paint: { "fill-pattern": "uncovered" },
    },
    {
      id: "uncovered-border",
      type: "line",
      source: "uncovered",
      "source-layer": "uncovered",
      layout: { visibility: shown("uncovered") },
      paint: { "line-color": palette.uncovered, "line-width": 0.8, "line-opacity": 0.8 },
    },
    {
      id: "service-areas",
      type: "fill",
      source: "service-areas",
      "source-layer": "service-areas",
      layout: { visibility: shown("service-areas") },
      paint: { "fill-color": palette.service, "fill-opacity": 0.18 },
    },
    {
      id: "service-areas-border",
      type: "line",
      source: "service-areas",
      "source-layer": "service-areas",
      layout: { visibility: shown("service-areas") },
      paint: { "line-color": palette.service, "line-width": 1.2 },
    },
    {
      id: "sites",
      type: "circle",
      source: "sites",
      "source-layer": "sites",
      layout: { visibility: shown("sites") },
      paint: {
        "circle-radius": ["interpolate", ["linear"], ["zoom"], 4, 2.2, 9, 5],
        // A closed site is a ring, a working one a disc: not colour alone.
        "circle-color": ["match", ["get", "status"], "closed", palette.halo, palette.site],
        "circle-stroke-color": ["match", ["get", "status"], "closed", palette.site, palette.halo],
        "circle-stroke-width": 1.2,
      },
    },
  ];
}
