/** Made by `node types.mjs` from the API's description of itself: change it there (src/http/openapi). */

export interface Link {
  rel: string;
  type: string;
  title: string;
  href: string;
}

export interface Operations {
  operations: OperationRef[];
}

export interface OperationRef {
  id: string;
  name: string;
  note: string | null;
  revision: number;
  revised_at: string;
  links: Link[];
}

export interface Operation {
  id: string;
  title: string;
  description: string;
  /** West, south, east, north in degrees; west is above east across the antimeridian. */
  bbox: [number, number, number, number] | null;
  levels: {
    level: number;
    name: string;
    count: number;
  }[];
  lowest_need_level: number;
  sectors: {
    code: string;
    name: string;
    activities: number;
    needs: number;
  }[];
  /** First and last month of activities, as 2026-01 */
  months: {
    first: string;
    last: string;
  } | null;
  groups: string[];
  note: string | null;
  revision: number;
  revised_at: string;
  links: Link[];
}

export interface Source {
  file: string;
  kind: string;
  at: string;
  revision: number;
}

export interface Feature {
  type: "Feature";
  id: string;
  geometry: object | null;
  properties: object;
}

export interface OneFeature {
  type: "Feature";
  id: string;
  geometry: object | null;
  properties: object;
  links: Link[];
  operation: string;
  collection: string;
  revision: number;
  revised_at?: string;
  /** The question, its defaults filled in */
  query?: object;
  /** Need figures are the highest sector's, as there are no intersectoral ones */
  derived?: boolean;
  /** Planning cycles of the need figures, with commas between */
  need_cycles?: string;
  /** How the figures were counted */
  rule?: string;
  sites_without_radius?: number;
  sites_without_point?: number;
  sites_not_drawn?: object[];
}

export interface FeatureCollection {
  type: "FeatureCollection";
  numberMatched: number;
  numberReturned: number;
  links: Link[];
  operation: string;
  collection: string;
  revision: number;
  revised_at?: string;
  /** The question, its defaults filled in */
  query?: object;
  /** Need figures are the highest sector's, as there are no intersectoral ones */
  derived?: boolean;
  /** Planning cycles of the need figures, with commas between */
  need_cycles?: string;
  /** How the figures were counted */
  rule?: string;
  sites_without_radius?: number;
  sites_without_point?: number;
  sites_not_drawn?: object[];
  sources: Source[];
  features: Feature[];
}

/** The boundaries (COD-AB) that everything is counted by. Boundaries and names imply no endorsement. */
export interface AreasProperties {
  /** P-code, unique within the operation */
  pcode: string;
  /** Name */
  name: string;
  /** Administrative level; 0 is the operation */
  level: number;
  /** P-code of the area above; null under the operation */
  parent: string | null;
  /** Ellipsoidal area of the polygon (km2) */
  area_km2: number | null;
  /** People of all groups; null if no table says (people) */
  population: number | null;
  /** Of a point inside its largest part, where its name goes on a map (degrees) */
  longitude: number | null;
  /** Of the same point (degrees) */
  latitude: number | null;
  /** Degrees of longitude that are free there (degrees) */
  name_width: number | null;
  /** Western end of it; above the eastern one across the antimeridian (degrees) */
  west: number | null;
  /** Southern end of it (degrees) */
  south: number | null;
  /** Eastern end of it (degrees) */
  east: number | null;
  /** Northern end of it (degrees) */
  north: number | null;
}

/** Organisations that report activities or run sites. */
export interface PartnersProperties {
  /** The folded name, by which rows refer to it */
  id: string;
  /** Name as first reported */
  name: string;
  /** Acronym */
  acronym: string | null;
  /** Type code: UN, INGO, NNGO, LNGO, RCRC, GOV and so on */
  type: string | null;
  /** local, national or international, as the type implies */
  scope: string | null;
  /** Activity rows it reported (rows) */
  activities: number;
  /** Sectors of those rows, comma-separated codes */
  sectors: string | null;
}

/** Reported rows: who does what, where, when, for whom. A row without a point of its own is drawn inside its area; located_by says which. */
export interface ActivitiesProperties {
  /** The partner's own code of the activity */
  activity_id: string | null;
  /** Id of the reporting partner */
  partner: string | null;
  /** Reporting partner */
  partner_name: string | null;
  /** Implementing partner */
  implementing_partner: string | null;
  /** Donor */
  donor: string | null;
  /** Cluster code */
  sector: "ALL" | "CCM" | "EDU" | "ERY" | "FSC" | "HEA" | "LOG" | "MPC" | "MS" | "NUT" | "PRO" | "PRO-CPN" | "PRO-GBV" | "PRO-HLP" | "PRO-MIN" | "SHL" | "TEL" | "WSH" | null;
  /** Type of activity */
  activity_type: string | null;
  /** Description */
  description: string | null;
  /** P-code of the finest known area; null where none is */
  area: string | null;
  /** Name of that area */
  area_name: string | null;
  /** Named location within the area */
  location: string | null;
  /** Where the row is held: point, area or operation */
  located_by: "point" | "area" | "operation" | null;
  /** First day */
  start_date: string | null;
  /** Last day */
  end_date: string | null;
  /** planned, ongoing, completed, suspended or cancelled */
  status: "planned" | "ongoing" | "completed" | "suspended" | "cancelled" | null;
  /** Modality */
  modality: string | null;
  /** Population group */
  population_group: "all" | "host" | "idp" | "refugee" | "returnee" | "other" | null;
  /** Sex of the people */
  sex: "all" | "female" | "male" | null;
  /** Band of completed years */
  age: string | null;
  /** Disability */
  disability: "all" | "with" | "without" | null;
  /** People targeted, as stated (people) */
  targeted: number | null;
  /** People reached, as stated (people) */
  reached: number | null;
  /** Households targeted, as stated (households) */
  households_targeted: number | null;
  /** Households reached, as stated (households) */
  households_reached: number | null;
  /** Budget (USD) */
  budget_usd: number | null;
  /** The imported file it stands in */
  file: string | null;
  /** Row of that file */
  row: number | null;
}

/** Points that serve people: distribution points, water points, health facilities, schools, camps. */
export interface SitesProperties {
  /** The reporter's own code */
  site_id: string | null;
  /** Name */
  name: string | null;
  /** Type of site */
  type: string | null;
  /** Cluster code */
  sector: "ALL" | "CCM" | "EDU" | "ERY" | "FSC" | "HEA" | "LOG" | "MPC" | "MS" | "NUT" | "PRO" | "PRO-CPN" | "PRO-GBV" | "PRO-HLP" | "PRO-MIN" | "SHL" | "TEL" | "WSH" | null;
  /** Id of the partner that runs it */
  partner: string | null;
  /** Partner that runs it */
  partner_name: string | null;
  /** P-code of the finest known area */
  area: string | null;
  /** Name of that area */
  area_name: string | null;
  /** functional, partial or closed; null serves */
  status: "functional" | "partial" | "closed" | null;
  /** People it can serve (people) */
  capacity_people: number | null;
  /** How far it serves, as stated (m) */
  radius_m: number | null;
  /** First day open */
  start_date: string | null;
  /** Last day open */
  end_date: string | null;
  /** The imported file it stands in */
  file: string | null;
  /** Row of that file */
  row: number | null;
}

/** People in need, targeted, affected and severity by area, sector and group, as published for a cycle. */
export interface NeedsProperties {
  /** P-code; null is the whole operation */
  area: string | null;
  /** Name of that area */
  area_name: string | null;
  /** Administrative level; 0 is the operation */
  level: number | null;
  /** Cluster code; ALL is intersectoral */
  sector: "ALL" | "CCM" | "EDU" | "ERY" | "FSC" | "HEA" | "LOG" | "MPC" | "MS" | "NUT" | "PRO" | "PRO-CPN" | "PRO-GBV" | "PRO-HLP" | "PRO-MIN" | "SHL" | "TEL" | "WSH" | null;
  /** Population group */
  population_group: "all" | "host" | "idp" | "refugee" | "returnee" | "other" | null;
  /** Sex of the people */
  sex: "all" | "female" | "male" | null;
  /** Band of completed years */
  age: string | null;
  /** Disability */
  disability: "all" | "with" | "without" | null;
  /** First day of the cycle */
  cycle_start: string | null;
  /** Last day of the cycle */
  cycle_end: string | null;
  /** Population (people) */
  population: number | null;
  /** People affected (people) */
  affected: number | null;
  /** People in need (people) */
  in_need: number | null;
  /** People targeted (people) */
  targeted: number | null;
  /** Severity, 1 (minimal) to 5 (catastrophic) (class 1-5) */
  severity: number | null;
  /** The imported file it stands in */
  file: string | null;
  /** Row of that file */
  row: number | null;
}

/** People in need, reached and not reached by area, with honest bounds. Partners' rows are never simply added: of one line of work the highest month counts, partners with the same type of activity add, then the highest type counts; places add. Without parameters: the lowest level with need figures, all sectors, all time, all people, against people in need. */
export interface GapsProperties {
  /** P-code */
  pcode: string;
  /** Name */
  name: string;
  /** Administrative level; 0 is the operation */
  level: number;
  /** P-code of the area above */
  parent: string | null;
  /** Name of the area above */
  parent_name: string | null;
  /** Cluster code of the query */
  sector: "ALL" | "CCM" | "EDU" | "ERY" | "FSC" | "HEA" | "LOG" | "MPC" | "MS" | "NUT" | "PRO" | "PRO-CPN" | "PRO-GBV" | "PRO-HLP" | "PRO-MIN" | "SHL" | "TEL" | "WSH";
  /** no-data, no-need, no-report, planned-only, present, unreached, partial, exceeded or met */
  status: "no-data" | "no-need" | "no-report" | "planned-only" | "present" | "unreached" | "partial" | "exceeded" | "met";
  /** The status in words */
  status_text: string;
  /** People in need; above the gap areas the sum from below (people) */
  in_need: number | null;
  /** A published figure of this area that differs from the sum (people) */
  in_need_published: number | null;
  /** People the plan targets (people) */
  targeted: number | null;
  /** People affected (people) */
  affected: number | null;
  /** People who live here (people) */
  population: number | null;
  /** Severity; only where needs were published (class 1-5) */
  severity: number | null;
  /** The highest severity here and below (class 1-5) */
  severity_max: number | null;
  /** People in need living at the highest severity (people) */
  severity_max_in_need: number | null;
  /** People reached, standard figure; null where nobody stated any (people) */
  reached: number | null;
  /** People reached, if partners served the same people (people) */
  reached_low: number | null;
  /** People reached, if every row was about other people: at most the population where that is known, but never below reached (people) */
  reached_high: number | null;
  /** Some figures were converted from households */
  reached_converted: boolean;
  /** Reached here, but where below is unknown (people) */
  reached_place_unknown: number | null;
  /** The same of the areas above; may lie here or elsewhere (people) */
  reached_place_unknown_above: number | null;
  /** People in need and not reached (people) */
  gap: number | null;
  /** The gap, if reached is at its high bound (people) */
  gap_low: number | null;
  /** The gap, if reached is at its low bound (people) */
  gap_high: number | null;
  /** Reached / need; not clipped (fraction) */
  coverage: number | null;
  /** People in need and reached (people) */
  pin_reached: number | null;
  /** People in need, targeted and not reached (people) */
  pin_targeted_not_reached: number | null;
  /** People in need whom nobody planned for (people) */
  pin_never_targeted: number | null;
  /** Active rows that state no people reached (rows) */
  rows_without_figures: number;
  /** Distinct partners whose rows count, here and below (partners) */
  partners: number;
  /** Lines of work, here and below (lines) */
  activities: number;
  /** Distinct partners with planned work (partners) */
  partners_planned: number;
  /** Planned lines of work (lines) */
  activities_planned: number;
  /** Sites of the sector that serve in the period, here and below (sites) */
  sites: number;
  /** Reached is above people in need */
  over_need: boolean;
  /** Reached is above the population */
  over_population: boolean;
  /** Ellipsoidal area of the polygon (km2) */
  area_km2: number | null;
}

/** Geodesic circles around the functional sites that are open in the period, with their own radius or the planning standard of their type. */
export interface ServiceAreasProperties {
  /** The reporter's own code of the site */
  site_id: string | null;
  /** Name of the site */
  name: string | null;
  /** Type of the site */
  type: string | null;
  /** Cluster code of the site */
  sector: "ALL" | "CCM" | "EDU" | "ERY" | "FSC" | "HEA" | "LOG" | "MPC" | "MS" | "NUT" | "PRO" | "PRO-CPN" | "PRO-GBV" | "PRO-HLP" | "PRO-MIN" | "SHL" | "TEL" | "WSH" | null;
  /** Partner that runs it */
  partner_name: string | null;
  /** How far it serves (m) */
  radius_m: number | null;
  /** The radius is a planning standard */
  radius_from_standard: boolean | null;
  /** Ellipsoidal area of the circle (km2) */
  area_km2: number | null;
}

/** The part of each area that no functional site of the sector reaches in the period, with the people there. An area that is covered whole has no geometry. */
export interface UncoveredProperties {
  /** P-code */
  pcode: string;
  /** Name */
  name: string;
  /** Administrative level; 0 is the operation */
  level: number;
  /** Ellipsoidal area of the polygon (km2) */
  area_km2: number | null;
  /** Of that, within reach of a site (km2) */
  covered_km2: number | null;
  /** Of that, out of reach of every site (km2) */
  uncovered_km2: number | null;
  /** Of that, within reach of the sites of two partners or more (km2) */
  shared_km2: number | null;
  /** Covered / area (fraction) */
  share_covered: number | null;
  /** People who live here (people) */
  population: number | null;
  /** People within reach of a site (people) */
  people_covered: number | null;
  /** People out of reach of every site (people) */
  people_uncovered: number | null;
  /** People within reach of the sites of two partners or more (people) */
  people_shared: number | null;
  /** People in need (people) */
  in_need: number | null;
  /** People in need out of reach, by the same shares (people) */
  in_need_uncovered: number | null;
  /** Sites that serve and stand inside (sites) */
  sites: number;
  /** How people were placed: area share, evenly over the polygon */
  method: string | null;
}

/** The part of each area that sites of two partners or more reach: co-presence, not yet a fault. An area without such a part has no geometry. */
export interface SharedProperties {
  /** P-code */
  pcode: string;
  /** Name */
  name: string;
  /** Administrative level; 0 is the operation */
  level: number;
  /** Ellipsoidal area of the polygon (km2) */
  area_km2: number | null;
  /** Of that, within reach of a site (km2) */
  covered_km2: number | null;
  /** Of that, out of reach of every site (km2) */
  uncovered_km2: number | null;
  /** Of that, within reach of the sites of two partners or more (km2) */
  shared_km2: number | null;
  /** Covered / area (fraction) */
  share_covered: number | null;
  /** People who live here (people) */
  population: number | null;
  /** People within reach of a site (people) */
  people_covered: number | null;
  /** People out of reach of every site (people) */
  people_uncovered: number | null;
  /** People within reach of the sites of two partners or more (people) */
  people_shared: number | null;
  /** People in need (people) */
  in_need: number | null;
  /** People in need out of reach, by the same shares (people) */
  in_need_uncovered: number | null;
  /** Sites that serve and stand inside (sites) */
  sites: number;
  /** How people were placed: area share, evenly over the polygon */
  method: string | null;
}

export interface Imports {
  imports: ImportSummary[];
}

export interface ImportSummary {
  /** Of a draft d-…, of a committed one its number */
  id: string;
  state: "reading" | "ready" | "committing" | "committed" | "failed";
  at: string;
  file: string;
  revision: number | null;
  submission: number | null;
  links: Link[];
  kind?: "activities" | "sites" | "needs" | "population" | "areas" | "rollback" | "review";
  /** The sheet that was read */
  sheet?: string | null;
  step?: "opening" | "reading" | "comparing" | "writing" | "done";
  rows_done?: number;
  /** Of the rows that are done, 0 to 1 */
  share?: number | null;
  /** The sheet that its sender named */
  asked_sheet?: string | null;
  /** Sheets of the file with the same headers, which stay out */
  alike?: string[];
  bytes?: number;
  /** The operation has changed since the file was read */
  outdated?: boolean;
  error?: string | null;
  /** What a file of boundaries has that does not say which of it is the P-code */
  offered?: {
    header: string;
    values: string[];
  }[];
  /** Every row was rejected: why there is nothing to commit */
  nothing_accepted?: string | null;
  counts?: ImportCounts;
  changes?: {
    new: number;
    changed: number;
    unchanged: number;
    gone: number;
  };
  /** The submission that it corrected */
  replaces?: number | null;
  /** The submission that it undid */
  undoes?: number | null;
  /** Made at once, where it is no file */
  decisions?: number | null;
  /** Rows of it that are in use */
  rows_current?: number;
  /** The revision that undid it */
  rolled_back?: number | null;
}

export interface Import {
  /** Of a draft d-…, of a committed one its number */
  id: string;
  state: "reading" | "ready" | "committing" | "committed" | "failed";
  at: string;
  file: string;
  revision: number | null;
  submission: number | null;
  links: Link[];
  kind?: "activities" | "sites" | "needs" | "population" | "areas" | "rollback" | "review";
  /** The sheet that was read */
  sheet?: string | null;
  step?: "opening" | "reading" | "comparing" | "writing" | "done";
  rows_done?: number;
  /** Of the rows that are done, 0 to 1 */
  share?: number | null;
  /** The sheet that its sender named */
  asked_sheet?: string | null;
  /** Sheets of the file with the same headers, which stay out */
  alike?: string[];
  bytes?: number;
  /** The operation has changed since the file was read */
  outdated?: boolean;
  error?: string | null;
  /** What a file of boundaries has that does not say which of it is the P-code */
  offered?: {
    header: string;
    values: string[];
  }[];
  /** Every row was rejected: why there is nothing to commit */
  nothing_accepted?: string | null;
  counts?: ImportCounts;
  changes?: {
    new: number;
    changed: number;
    unchanged: number;
    gone: number;
  };
  /** The submission that it corrected */
  replaces?: number | null;
  /** The submission that it undid */
  undoes?: number | null;
  /** Made at once, where it is no file */
  decisions?: number | null;
  /** Rows of it that are in use */
  rows_current?: number;
  /** The revision that undid it */
  rolled_back?: number | null;
  format?: string;
  sheets?: ({
    name: string;
    rows: number | null;
    chosen: boolean;
    reason: string;
  })[];
  header_row?: number | null;
  hxl_row?: number | null;
  first_row?: number;
  /** Why this sheet and this row were taken */
  choice?: string;
  columns?: ImportColumn[];
  /** What a column of this kind of file may be */
  fields?: {
    name: string;
    doc: string;
  }[];
  preview?: {
    row: number;
    cells: string[];
  }[];
  /** Rows by level; level 0 is the operation */
  placed?: number[];
  issues?: ImportIssue[];
  remarks?: string[];
  dropped_personal?: string[];
  kind_reason?: string;
  kinds?: ({
    kind: "activities" | "sites" | "needs" | "population" | "areas";
    score: number;
    reason: string;
  })[];
  /** The revision that it was compared with */
  base?: number;
  /** What its sender said about it */
  asked?: {
    kind: "activities" | "sites" | "needs" | "population" | "areas" | null;
    sheet: string | null;
    header_row: number | null;
    columns: Record<string, string | null>;
    sector: string | null;
    cycle: string | null;
    level: number | null;
    replaces: number | null;
  };
  /** Some of the rows */
  differences?: ImportDifference[];
  /** The submission that it looks like a correction of */
  earlier?: {
    submission: number;
    file: string;
    at: string;
    /** Rows that both have */
    shared: number;
    /** Rows that both have in other words */
    near: number;
    /** What differs in those */
    differs: string[];
    /** Rows of it that this file lacks */
    missing: number;
  } | null;
}

export interface ImportChange {
  kind?: "activities" | "sites" | "needs" | "population" | "areas" | null;
  sheet?: string | null;
  header_row?: number | null;
  sector?: string | null;
  cycle?: string | null;
  level?: number | null;
  replaces?: number | null;
  /** Header or letters to field; null leaves the column out, auto finds it out again */
  columns?: Record<string, string | null>;
}

export interface ImportCounts {
  rows: number;
  accepted: number;
  accepted_with_warnings: number;
  rejected: number;
  /** Exact copies of an earlier row, which count once */
  copies: number;
}

export interface ImportColumn {
  /** From 0 */
  index: number;
  letters: string;
  header: string;
  tag: string;
  /** What it was taken for */
  field: string | null;
  /** The group whose part it counts; empty where it is no part */
  group: string;
  /** 0 to 1 */
  confidence: number;
  reason: string;
  /** It looks like personal data: nothing of it is kept */
  personal: boolean;
  values: string[];
}

export interface ImportIssue {
  code: string;
  /** What is wrong, in a sentence */
  message: string;
  /** What would be right */
  remedy: string;
  count: number;
  rejects: boolean;
  examples: {
    row: number;
    column: string;
    value: string;
    detail: string;
  }[];
}

export interface ImportDifference {
  happens: "new" | "changed" | "gone";
  row: number;
  what: string;
  fields: {
    field: string;
    before: string;
    after: string;
  }[];
}

export interface ImportReport {
  file: string;
  kind: string;
  format: string;
  sheet: string;
  header_row: number | null;
  hxl_row: number | null;
  first_row: number;
  choice: string;
  sheets: ({
    name: string;
    rows: number | null;
    chosen: boolean;
    reason: string;
    alike?: boolean;
  })[];
  columns: ({
    index: number;
    letters: string;
    header: string;
    tag: string;
    field: string | null;
    group: string;
    confidence: number;
    reason: string;
    /** It is not used and holds numbers */
    numbers: boolean;
    personal: boolean;
    /** What a column that is not used holds */
    holds?: string;
  })[];
  dropped_personal: string[];
  counts: ImportCounts;
  placed: number[];
  remarks: string[];
  issues: ImportIssue[];
  /** Rows `from` to `to`, both inside */
  outcomes: ({
    from: number;
    to: number;
    outcome: "accepted" | "accepted-with-warnings" | "rejected";
  })[];
  notes: ({
    row: number;
    /** Position in `columns` */
    column: number | null;
    /** Position in `issues` */
    issue: number;
    value: string;
    detail: string;
  })[];
}

export interface RolledBack {
  submission: number;
  /** Rows that are not there any more */
  ended: number;
  /** Rows that are as they were before */
  restored: number;
  /** Rows that other submissions say too and that became theirs, by submission */
  passed: Record<string, number>;
  /** Rows of which a later submission decides: they stay as they are */
  left: number;
  /** The first of those */
  left_rows: string[];
  /** In a sentence */
  said: string;
  revision: number | null;
}

export interface Review {
  revision: number;
  waiting: number;
  items: ReviewItem[];
}

export interface ReviewItem {
  kind: "place" | "partner";
  key: string;
  said: string;
  /** The area it was said to lie in */
  where: string | null;
  level: number | null;
  is_code: boolean;
  rows: number;
  people: number | null;
  candidates: ({
    /** P-code, or id of a partner */
    value: string;
    name: string;
    parent: string | null;
    confidence: number;
    method: string;
  })[];
  state: "waiting" | "used" | "confirmed" | "dismissed";
}

export interface Decisions {
  decisions: ({
    kind: "place" | "partner";
    key: string;
    /** P-code or id of the partner; null where none of the suggestions is right */
    value?: string | null;
    /** In place of a value: what was decided holds no longer, and the name waits again */
    undo?: true;
    note?: string | null;
  })[];
}

export interface Decided {
  decisions: number;
  activities_moved: number;
  sites_moved: number;
  partners: number;
  /** In a sentence */
  said: string;
  revision: number | null;
}

export interface Quality {
  operation: string;
  revision: number;
  partners: ({
    partner: string;
    name: string;
    rows: number;
    /** 0 to 1 */
    completeness: number;
    /** 0 to 1 */
    with_place: number;
    /** 0 to 1 */
    with_date: number;
    /** 0 to 1 */
    with_sector: number;
    /** 0 to 1 */
    with_figure: number;
    /** 0 to 1 */
    with_group: number;
    months: number;
    months_of_operation: number;
    days_late: number | null;
  })[];
}

export interface Lines {
  operation: string;
  revision: number;
  area: {
    pcode: string;
    name: string;
    level: number;
  };
  query: object;
  figures: object;
  rule: string;
  /** Lines in all; `lines` has those of this page */
  total: number;
  /** What all lines gave together */
  contributions: number;
  lines: Line[];
  links: Link[];
}

export interface Line {
  partner: string;
  partner_name: string;
  sector: string | null;
  activity_type: string | null;
  area: string | null;
  area_name: string | null;
  location: string | null;
  group: string;
  sex: string;
  age: string;
  disability: string;
  months: ({
    month: string | null;
    reached: number | null;
    rows: number;
  })[];
  standard: number | null;
  high: number | null;
  counted_in_standard: boolean;
  /** People it gave to the reached figure */
  contribution: number;
  /** In a sentence */
  why: string;
  /** As a code that stays */
  why_code: string;
  rows: LineRow[];
}

export interface LineRow {
  id: string;
  activity_id: string | null;
  file: string | null;
  row: number;
  reached: number | null;
  targeted: number | null;
  start_date: string | null;
  end_date: string | null;
  status: string | null;
  counts: boolean;
  /** In a sentence */
  why: string;
  /** As a code that stays */
  why_code: string;
}

export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The parameter to blame */
  parameter?: string;
  request_id?: string;
  /** Of a file that does not say which of its properties is the P-code: what it has */
  columns?: {
    header: string;
    values: string[];
  }[];
}
