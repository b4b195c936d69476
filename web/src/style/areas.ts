/** The choropleth: class colour, pattern of silence, borders, and the marks of hovering and choosing. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Status } from "../types";
import type { Look } from "./index";
import { spread } from "./palette";
import { PATTERNS, type PatternId } from "./patterns";

/**
 * What the map knows of an area, as feature state: `c` its class (see below), `s` the status whose pattern it carries,
 * `off` filtered out by the legend, `lit` hovered here or in the table, `on` chosen.
 */
export interface AreaMark {
  c: number;
  s: Status | null;
  off: boolean;
}

/** Besides 0-4: no value, no need, and a value of nought. */
export const NO_VALUE = -1;
export const NO_NEED = 10;
export const ZERO = 11;

const state = (name: string): ExpressionSpecification => ["feature-state", name];
const flag = (name: string): ExpressionSpecification => ["boolean", state(name), false];

/** The areas of a level, of the two that a tile has. */
const of = (level: number) => ({ source: "areas", "source-layer": "areas", filter: ["==", ["get", "level"], level] as ExpressionSpecification });

export function areaLayers({ palette, ramp, classes, level }: Look): LayerSpecification[] {
  const { classes: colours, zero } = palette.ramps[ramp];
  const pairs = spread(colours, classes).flatMap((colour, index) => [index, colour]);
  return [
    {
      id: "areas",
      type: "fill",
      ...of(level),
      paint: {
        "fill-color": [
          "match",
          ["coalesce", state("c"), NO_VALUE],
          NO_NEED,
          palette["no-need"],
          ZERO,
          zero,
          ...(classes > 0 ? pairs : []),
          palette.neutral,
        ] as unknown as ExpressionSpecification,
        "fill-opacity": ["case", flag("off"), 0.12, 1],
        "fill-antialias": false,
      },
    },
    // A pattern cannot follow feature state, its opacity can: one layer per pattern.
    ...(Object.keys(PATTERNS) as PatternId[]).filter((id) => id !== "uncovered").map(
      (status): LayerSpecification => ({
        id: `areas-${status}`,
        type: "fill",
        ...of(level),
        paint: {
          "fill-pattern": status,
          "fill-opacity": ["case", ["all", ["==", state("s"), status], ["!", flag("off")]], 1, 0],
        },
      }),
    ),
  ];
}

export function borderLayers({ palette, overlays, level }: Look): LayerSpecification[] {
  return [
    {
      id: "areas-border",
      type: "line",
      ...of(level),
      layout: { "line-join": "round" },
      paint: {
        // On the pale ground of what is not known, a pale border would not be seen.
        "line-color": ["case", ["<", ["coalesce", state("c"), NO_VALUE], 0], palette.dots, palette.border],
        "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.4, 8, 1.2],
        "line-opacity": 0.85,
      },
    },
    {
      id: "parents-border",
      type: "line",
      ...of(level - 1),
      layout: { "line-join": "round", visibility: overlays.includes("parents") ? "visible" : "none" },
      paint: {
        "line-color": palette["border-above"],
        "line-width": ["interpolate", ["linear"], ["zoom"], 3, 0.7, 8, 1.8],
      },
    },
    {
      id: "areas-lit",
      type: "line",
      ...of(level),
      layout: { "line-join": "round" },
      paint: { "line-color": palette.select, "line-width": 1.6, "line-opacity": ["case", flag("lit"), 1, 0] },
    },
    {
      id: "areas-on-halo",
      type: "line",
      ...of(level),
      layout: { "line-join": "round" },
      paint: { "line-color": palette.halo, "line-width": 6, "line-opacity": ["case", flag("on"), 0.9, 0] },
    },
    {
      id: "areas-on",
      type: "line",
      ...of(level),
      layout: { "line-join": "round" },
      paint: { "line-color": palette.select, "line-width": 2.6, "line-opacity": ["case", flag("on"), 1, 0] },
    },
  ];
}
