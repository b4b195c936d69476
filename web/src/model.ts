/** From figures to what is shown: classes, legend, filter and order. Pure, so that map, table and legend always agree. */

import { breaks, classOf, histogram } from "./classes";
import { compare } from "./format";
import { type Basis, baseOf, MEASURE, type Row, share } from "./measures";
import type { Presence } from "./ladder";
import type { Measure, Sort, State } from "./state";
import { NO_NEED, NO_VALUE, ZERO } from "./style/areas";
import { STATUSES, type GapFigure, type Items, type Operation, type OperationRef, type SpaceFigure, type Status } from "./types";

/** Everything the controls draw from. */
export interface Model {
  state: State;
  operations: readonly OperationRef[] | null;
  operation: Operation | null;
  /** The level shown, once known. */
  level: number | null;
  gaps: Items<GapFigure> | null;
  /** Where the partner works whose areas alone are shown. */
  partner: Presence | null;
  /** The operation as one area (level 0). */
  whole: GapFigure | null;
  rows: readonly Row[];
  /** Filtered and in order. */
  shown: readonly Row[];
  edges: readonly number[];
  loading: boolean;
  error: { status: number; detail: string } | null;
  stale: boolean;
  /** The server did not answer when it was last asked for something new. */
  away: boolean;
  /** The address asked for this sector, and the operation has none of it. */
  unknownSector: string | null;
  /** P-code under the pointer, on the map or in the table. */
  lit: string | null;
}

export function rowsOf(gaps: Items<GapFigure>, space: Items<SpaceFigure> | null, basis: Basis): Row[] {
  const spaces = new Map(space?.features.map((one) => [one.properties.pcode, one.properties]));
  return gaps.features.map(({ properties: figure }) => ({
    pcode: figure.pcode,
    name: figure.name,
    parent: figure.parent,
    parentName: figure.parent_name,
    status: figure.status,
    figure,
    base: baseOf(figure, basis),
    space: spaces.get(figure.pcode) ?? null,
  }));
}

/** Breaks for a measure; from the figures of the whole operation, so that months compare. */
export function edgesOf(measure: Measure, rows: readonly Row[]): number[] {
  const def = MEASURE[measure];
  if (def.fixed) return [...def.fixed];
  return breaks(rows.map((row) => def.value(row) ?? 0));
}

/** Classes in use: one more than the breaks, or none without values. */
export function classCount(edges: readonly number[], rows: readonly Row[], measure: Measure): number {
  if (edges.length > 0) return edges.length + 1;
  return rows.some((row) => (MEASURE[measure].value(row) ?? 0) > 0) ? 1 : 0;
}

export function classOfRow(row: Row, measure: Measure, edges: readonly number[]): number {
  const value = MEASURE[measure].value(row);
  if (row.status === "no-need" && !value) return NO_NEED;
  if (value === null) return NO_VALUE;
  if (value <= 0) return ZERO;
  return classOf(value, edges);
}

/** The status whose pattern an area carries: what is known of need says nothing about a figure of work that is known. */
export function patternOf(row: Row, measure: Measure): Status | null {
  const aboutNeed = MEASURE[measure].ramp === "gap" && !MEASURE[measure].space;
  return row.status === "no-data" && !aboutNeed && MEASURE[measure].value(row) !== null ? null : row.status;
}

/** The legend keys an area answers to: its class, and its status. */
export function keysOf(row: Row, measure: Measure, edges: readonly number[]): string[] {
  const found = classOfRow(row, measure, edges);
  const keys: string[] = [row.status];
  if (found >= 0 && found < NO_NEED) keys.push(`c${found}`);
  if (found === ZERO) keys.push("zero");
  return keys;
}

/** `within`: the areas that a partner works in, where only these are wanted. */
export function passes(row: Row, state: State, edges: readonly number[], within: ReadonlySet<string> | null = null): boolean {
  if (within !== null && !within.has(row.pcode)) return false;
  return state.only.length === 0 || keysOf(row, state.measure, edges).some((key) => state.only.includes(key));
}

const order = (sort: Sort, measure: Measure) => (row: Row): number | string | null => {
  if (sort === "name") return row.name;
  if (sort === "share") return share(row.base, row.figure?.gap);
  if (sort === "partners") return row.figure?.partners ?? null;
  if (sort === "status") return STATUSES.indexOf(row.status);
  return MEASURE[measure].value(row);
};

/** Filtered and sorted; unknown values come last in both directions, equal ones by name. */
export function arrange(rows: readonly Row[], state: State, edges: readonly number[], within: ReadonlySet<string> | null = null): Row[] {
  const key = order(state.sort, state.measure);
  const sign = state.descending ? -1 : 1;
  return rows
    .filter((row) => passes(row, state, edges, within))
    .map((row) => ({ row, by: key(row) }))
    .sort((a, b) => {
      if (a.by === null || b.by === null) return Number(a.by === null) - Number(b.by === null) || compare(a.row.name, b.row.name);
      const found = typeof a.by === "string" ? compare(a.by, String(b.by)) : a.by - Number(b.by);
      return found * sign || compare(a.row.name, b.row.name);
    })
    .map(({ row }) => row);
}

/** The areas of the highest values above nought, the highest first. */
export function highest(rows: readonly Row[], measure: Measure, count: number): string[] {
  const value = (row: Row): number => MEASURE[measure].value(row) ?? 0;
  const some = rows.filter((row) => value(row) > 0).sort((a, b) => value(b) - value(a));
  return some.slice(0, count).map((row) => row.pcode);
}

/** Statuses worth a line in the legend; the others are told by the classes. */
export const SILENCES: readonly Status[] = ["no-report", "planned-only", "present", "no-data", "no-need"];

export interface LegendEntry {
  key: string;
  /** Index of the class, or `null`. */
  index: number | null;
  from: number | null;
  to: number | null;
  count: number;
  /** Whether any of its areas carries the pattern of the status. */
  patterned: boolean;
}

export interface Legend {
  classes: LegendEntry[];
  silences: LegendEntry[];
  histogram: { counts: number[]; max: number };
}

export const BINS = 32;

export function legendOf(rows: readonly Row[], measure: Measure, edges: readonly number[]): Legend {
  const counts = new Map<string, number>();
  for (const row of rows) for (const key of keysOf(row, measure, edges)) counts.set(key, (counts.get(key) ?? 0) + 1);
  const used = classCount(edges, rows, measure);
  const classes: LegendEntry[] = Array.from({ length: used }, (_, index) => ({
    key: `c${index}`,
    index,
    from: index === 0 ? null : (edges[index - 1] ?? null),
    to: edges[index] ?? null,
    count: counts.get(`c${index}`) ?? 0,
    patterned: false,
  })).reverse();
  if (counts.has("zero")) classes.push({ key: "zero", index: null, from: 0, to: 0, count: counts.get("zero") ?? 0, patterned: false });
  const silences = SILENCES.filter((status) => counts.has(status)).map((status) => ({
    key: status,
    index: null,
    from: null,
    to: null,
    count: counts.get(status) ?? 0,
    patterned: rows.some((row) => row.status === status && patternOf(row, measure) === status),
  }));
  const values = rows.map((row) => MEASURE[measure].value(row) ?? 0).filter((value) => value > 0);
  return { classes, silences, histogram: histogram(values, BINS) };
}

/** The level to show: the one asked for where it exists, else the lowest with need figures, else the deepest. */
export function levelOf(operation: Operation, asked: number | null): number | null {
  const known = operation.levels.map((one) => one.level).filter((level) => level > 0);
  if (asked !== null && known.includes(asked)) return asked;
  const lowest = operation.lowest_need_level;
  if (known.includes(lowest)) return lowest;
  return known.length > 0 ? Math.max(...known) : null;
}
