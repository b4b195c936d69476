/** What the map can show: one entry per measure; the map, the table and the legend walk it. */

import type { Measure } from "./state";
import type { GapFigure, SpaceFigure, Status } from "./types";

export type Ramp = "gap" | "reached" | "presence";
export type Unit = "people" | "share" | "count" | "km2";

/** One area as every part of the page sees it: both kinds of figures, joined by P-code. */
export interface Row {
  pcode: string;
  name: string;
  parent: string | null;
  parentName: string | null;
  status: Status;
  figure: GapFigure | null;
  /** What the gap is measured against: people in need, or targeted. */
  base: number | null;
  space: SpaceFigure | null;
}

export interface MeasureDef {
  ramp: Ramp;
  unit: Unit;
  /** Which collection besides `gaps` it needs. */
  space?: "uncovered" | "shared";
  /** Breaks that everyone would say; else they come from the data. */
  fixed?: readonly number[];
  value(row: Row): number | null;
  low?(row: Row): number | null;
  high?(row: Row): number | null;
}

export const MEASURE: Record<Measure, MeasureDef> = {
  gap: {
    ramp: "gap",
    unit: "people",
    value: (row) => row.figure?.gap ?? null,
    low: (row) => row.figure?.gap_low ?? null,
    high: (row) => row.figure?.gap_high ?? null,
  },
  share: {
    ramp: "gap",
    unit: "share",
    fixed: [0.2, 0.4, 0.6, 0.8],
    value: (row) => share(row.base, row.figure?.gap),
    low: (row) => share(row.base, row.figure?.gap_low),
    high: (row) => share(row.base, row.figure?.gap_high),
  },
  reached: {
    ramp: "reached",
    unit: "people",
    value: (row) => row.figure?.reached ?? null,
    low: (row) => row.figure?.reached_low ?? null,
    high: (row) => row.figure?.reached_high ?? null,
  },
  presence: { ramp: "presence", unit: "count", value: (row) => row.figure?.partners ?? null },
  sites: { ramp: "presence", unit: "count", value: (row) => row.figure?.sites ?? null },
  uncovered: {
    ramp: "gap",
    unit: "people",
    space: "uncovered",
    value: (row) => row.space?.people_uncovered ?? null,
  },
  shared: { ramp: "presence", unit: "people", space: "shared", value: (row) => row.space?.people_shared ?? null },
};

export type Basis = "in-need" | "targeted";

/** What the gap of a figure is measured against. */
export const baseOf = (figure: GapFigure | null, basis: Basis): number | null => (basis === "targeted" ? figure?.targeted : figure?.in_need) ?? null;

/** The part of the base that is the gap: a fraction. */
export function share(base: number | null, gap: number | null | undefined): number | null {
  return gap === null || gap === undefined || !base ? null : Math.min(1, gap / base);
}
