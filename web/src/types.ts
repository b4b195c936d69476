/** What the server sends, as the page reads it. People unless said otherwise; `null` is unknown, never zero. */

export interface OperationRef {
  id: string;
  name: string;
  note: string | null;
  revision: number;
  revised_at: string | null;
}

export interface Operation {
  title: string;
  description?: string;
  revision: number;
  revised_at: string | null;
  note: string | null;
  /** West, south, east, north. */
  bbox: [number, number, number, number] | null;
  levels: { level: number; name: string; count: number }[];
  lowest_need_level: number | null;
  sectors: { code: string; name: string; activities: number; needs: number }[];
  /** Of activity dates, as 2026-01. */
  months: { first: string | null; last: string | null } | null;
  groups: string[];
}

export const STATUSES = [
  "no-data",
  "no-need",
  "no-report",
  "planned-only",
  "present",
  "unreached",
  "partial",
  "exceeded",
  "met",
] as const;
export type Status = (typeof STATUSES)[number];

/** One area of the main query (METHODS 13-24). */
export interface GapFigure {
  pcode: string;
  name: string;
  level: number;
  parent: string | null;
  parent_name: string | null;
  status: Status;
  in_need: number | null;
  in_need_published: number | null;
  targeted: number | null;
  population: number | null;
  severity: number | null;
  severity_max: number | null;
  severity_max_in_need: number | null;
  reached: number | null;
  reached_low: number | null;
  reached_high: number | null;
  reached_converted: boolean;
  reached_place_unknown: number | null;
  reached_place_unknown_above: number | null;
  gap: number | null;
  gap_low: number | null;
  gap_high: number | null;
  /** A fraction, not clipped. */
  coverage: number | null;
  pin_reached: number | null;
  pin_targeted_not_reached: number | null;
  pin_never_targeted: number | null;
  rows_without_figures: number;
  partners: number;
  activities: number;
  partners_planned: number;
  activities_planned: number;
  sites: number;
  over_need: boolean;
  over_population: boolean;
  area_km2: number | null;
}

/** One area of `uncovered` and `shared`. */
export interface SpaceFigure {
  pcode: string;
  name: string;
  area_km2: number | null;
  covered_km2: number | null;
  uncovered_km2: number | null;
  shared_km2: number | null;
  /** A fraction. */
  share_covered: number | null;
  people_covered: number | null;
  people_uncovered: number | null;
  people_shared: number | null;
  sites: number;
}

/** Where an area is, in degrees; all unknown for one without a shape. */
export interface AreaPlace {
  pcode: string;
  name: string;
  longitude: number | null;
  latitude: number | null;
  name_width: number | null;
  west: number | null;
  south: number | null;
  east: number | null;
  north: number | null;
}

export interface SiteProperties {
  site_id: string;
  name: string | null;
  type: string | null;
  sector: string | null;
  partner_name: string | null;
  area: string | null;
  status: string | null;
  capacity_people: number | null;
  radius_m: number | null;
}

export interface PartnerProperties {
  id: string;
  name: string;
  acronym: string | null;
  activities: number;
  sectors: string | null;
}

export interface Source {
  file: string;
  kind: string;
  at: string | null;
  rows?: number;
}

export interface Feature<P> {
  type: "Feature";
  id: string;
  geometry: GeoJSON.Geometry | null;
  properties: P;
}

export interface Items<P> {
  type: "FeatureCollection";
  features: Feature<P>[];
  numberMatched?: number;
  links?: { rel: string; href: string }[];
  revision?: number;
  derived?: boolean;
  /** Planning cycles of the need figures, with commas between. */
  need_cycles?: string;
  rule?: string;
  sources?: Source[];
  sites_without_radius?: number | unknown[];
  sites_without_point?: number | unknown[];
}

export interface LineRow {
  id: number | string;
  file: string | null;
  row: number | null;
  reached: number | null;
  targeted: number | null;
  start_date: string | null;
  end_date: string | null;
  status: string | null;
  counts: boolean;
  /** A code, and what it says. */
  why: string | null;
  why_text?: string | null;
}

export interface Line {
  partner: string;
  partner_name: string | null;
  sector: string | null;
  activity_type: string | null;
  area: string | null;
  area_name: string | null;
  location: string | null;
  group: string | null;
  standard: number | null;
  high: number | null;
  counted_in_standard: boolean;
  /** People it gave to the reached figure. */
  contribution: number | null;
  /** A code, and what it says. */
  why: string | null;
  why_text?: string | null;
  rows: LineRow[];
}

export interface Lines {
  rule: string | null;
  lines: Line[];
}

/** RFC 9457. */
export interface Problem {
  title: string;
  status: number;
  detail?: string;
  parameter?: string;
  columns?: { header: string; values: string[] }[];
}
