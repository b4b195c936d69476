/** Everything the page asks the server, typed. One place knows addresses; nothing here knows the page. */

import { folder } from "./folder";
import type { Rung } from "./ladder";
import type { Tile } from "./map/geo";
import { root } from "./root";
import { datetime, type State } from "./state";
import { bearer } from "./token";
import type {
  AreaPlace,
  GapFigure,
  Items,
  Lines,
  Operation,
  OperationRef,
  PartnerProperties,
  Problem,
  SiteProperties,
  SpaceFigure,
} from "./types";

/** A property of a file, as it was found. */
export type Offered = NonNullable<Problem["columns"]>[number];

/** A refusal with the server's own words, or (status 0) no answer at all. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    readonly detail: string,
    /** Of a file of boundaries that does not say which of its properties is the P-code: what it has. */
    readonly columns: readonly Offered[] = [],
  ) {
    super(detail || title);
  }
}

/** The draft that every answer is about, if any: the operation as it would be after its commit. */
let draft: string | null = null;
export function preview(id: string | null): void {
  draft = id;
}

const kept = new Map<string, unknown>();
const KEPT_MAX = 60;

/** Set by an answer that came from the browser's own store because the network was away. */
export let stale = false;

/** One for all questions: an answer that is kept for days without network is found again by it. */
const ACCEPT = "application/geo+json, application/json";

async function get<T>(plain: string, signal?: AbortSignal): Promise<T> {
  if (folder) return (await folder.get(plain)) as T;
  const url = drafted(plain);
  const known = kept.get(url);
  if (known !== undefined) return known as T;
  let answer: Response;
  try {
    answer = await fetch(url, { headers: { accept: ACCEPT, ...(draft ? bearer() : {}) }, ...(signal ? { signal } : {}) });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Refused(0, "", "");
  }
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
    throw new Refused(answer.status, problem.title ?? answer.statusText, problem.detail ?? "");
  }
  stale = answer.headers.get("x-lacuna-kept") !== null;
  const body = (await answer.json()) as T;
  if (!stale) {
    if (kept.size >= KEPT_MAX) kept.delete(kept.keys().next().value as string);
    kept.set(url, body);
  }
  return body;
}

const LIST = `${root}/api`;
/** Where everything of an operation is. */
export const home = (op: string): string => `${LIST}/${encodeURIComponent(op)}`;

/** The address with the draft in it; the list of operations knows none. */
function drafted(url: string): string {
  if (draft === null || url === LIST || url.includes("draft=")) return url;
  return `${url}${url.includes("?") ? "&" : "?"}draft=${draft}`;
}

/** Forgets answers, so that the next question sees a new revision. */
export function forget(): void {
  kept.clear();
}

function address(op: string, path: string, parameters: Record<string, string | number | null | undefined>): string {
  const put = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null && value !== undefined) put.set(name, String(value));
  }
  const query = put.toString();
  return `${home(op)}/collections/${path}${query ? `?${query}` : ""}`;
}

/** Follows `next` links; a level of areas is at most a few pages. */
async function pages<P>(url: string, signal?: AbortSignal): Promise<Items<P>> {
  const first = await get<Items<P>>(url, signal);
  const features = [...first.features];
  let next = link(url, first);
  while (next !== null) {
    const page = await get<Items<P>>(next, signal);
    features.push(...page.features);
    next = page.features.length > 0 ? link(url, page) : null;
  }
  return { ...first, features };
}

/** The page behind one of the same question: of its address only what is asked, as the server may know itself by another name. */
function link<P>(url: string, page: Items<P>): string | null {
  const href = page.links?.find((one) => one.rel === "next")?.href;
  return href ? `${url.split("?")[0]}${new URL(href, location.href).search}` : null;
}

/** What a figure is asked for; its own parameters besides level. */
type Asked = Pick<State, "sector" | "group" | "basis" | "from" | "to">;

function figures(state: Asked): Record<string, string | null> {
  return {
    sector: state.sector,
    datetime: datetime(state.from, state.to),
    group: state.group === "all" ? null : state.group,
    basis: state.basis === "in-need" ? null : state.basis,
  };
}

export const operations = (): Promise<{ operations: OperationRef[] }> => get(LIST);

export const operation = (op: string): Promise<Operation> => get(home(op));

/** Whether the server said, when it was last asked for the revision, that its database is away. */
export let away = false;

/** The landing page again, past every store: for the revision. `null` where it says none, "unreached" where nobody answers. */
export async function revision(op: string): Promise<number | "unreached" | null> {
  if (folder) return null;
  try {
    // A stored answer would go on saying what the server said of its database then.
    const answer = await fetch(home(op), { cache: "no-store", headers: { accept: ACCEPT } });
    if (answer.headers.get("x-lacuna-kept") !== null) return "unreached";
    if (!answer.ok) return null;
    away = answer.headers.get("lacuna-database") === "away";
    return ((await answer.json()) as Operation).revision;
  } catch {
    return "unreached";
  }
}

/** Where the areas of a level are and where their names go; their shapes come as tiles. */
export const places = (op: string, level: number): Promise<Items<AreaPlace>> =>
  pages(address(op, "areas/items", { level, skipGeometry: "true", limit: 10000, properties: "pcode,name,longitude,latitude,name_width,west,south,east,north" }));

/** Layers that the map draws from tiles, each for the question that its address has. */
export const tilesOf = {
  /** The shapes of a level and of the one above it: they know no sector and no month. */
  areas: (op: string, level: number): string => tiles(op, "areas", { filter: `level=${level}${level > 1 ? ` OR level=${level - 1}` : ""}`, properties: "pcode,level" }),
  uncovered: (op: string, level: number, state: Asked): string => tiles(op, "uncovered", { level, sector: state.sector, datetime: datetime(state.from, state.to), properties: "pcode" }),
  "service-areas": (op: string, state: Asked): string => tiles(op, "service-areas", { sector: state.sector, datetime: datetime(state.from, state.to), properties: "site_id" }),
  sites: (op: string, state: Asked): string => tiles(op, "sites", { sector: state.sector === "ALL" ? null : state.sector, datetime: datetime(state.from, state.to), properties: "status" }),
};

function tiles(op: string, collection: string, parameters: Record<string, string | number | null>): string {
  return address(op, `${collection}/tiles/WebMercatorQuad/{tileMatrix}/{tileRow}/{tileCol}`, parameters);
}

/** One tile of such an address; empty where nothing is. What stands behind # only tells versions apart. */
export async function tile(template: string, { z, x, y }: Tile, signal: AbortSignal): Promise<ArrayBuffer> {
  if (folder) return folder.tile(Number(/level%3D(\d)/.exec(template)?.[1]), { z, x, y });
  const plain = (template.split("#")[0] as string).replace("{tileMatrix}", String(z)).replace("{tileRow}", String(y)).replace("{tileCol}", String(x));
  const answer = await fetch(drafted(plain), { headers: draft ? bearer() : {}, signal });
  if (!answer.ok) throw new Refused(answer.status, answer.statusText, "");
  return answer.arrayBuffer();
}

export const gaps = (op: string, level: number, state: Asked, signal?: AbortSignal): Promise<Items<GapFigure>> =>
  pages(address(op, "gaps/items", { level, ...figures(state), skipGeometry: "true", limit: 10000 }), signal);

export const lines = (op: string, level: number, pcode: string, state: Asked): Promise<Lines> =>
  get(address(op, `gaps/items/${encodeURIComponent(pcode)}/lines`, { level, ...figures(state), limit: 10000 }));

/** Figures of space; they know no group and no basis. */
export const space = (
  op: string,
  kind: "uncovered" | "shared",
  level: number,
  state: Asked,
  signal?: AbortSignal,
): Promise<Items<SpaceFigure>> =>
  pages(
    address(op, `${kind}/items`, {
      level,
      sector: state.sector,
      datetime: datetime(state.from, state.to),
      skipGeometry: "true",
      limit: 10000,
    }),
    signal,
  );

export const sites = (op: string, state: Asked, area?: string): Promise<Items<SiteProperties>> =>
  pages(
    address(op, "sites/items", {
      sector: state.sector === "ALL" ? null : state.sector,
      datetime: datetime(state.from, state.to),
      area,
      limit: 10000,
    }),
  );

/** How many sites serve no area on the map, because nothing says how far they reach. */
export async function withoutRadius(op: string, state: Asked): Promise<number> {
  const asked = { sector: state.sector, datetime: datetime(state.from, state.to), skipGeometry: "true", limit: 1 };
  return (await get<Items<SiteProperties>>(address(op, "service-areas/items", asked))).sites_without_radius ?? 0;
}

export const partners = (op: string): Promise<Items<PartnerProperties>> => get(address(op, "partners/items", { limit: 10000 }));

/** Every area of every level, by name. */
export const everyArea = async (op: string): Promise<Rung[]> =>
  (await pages<Rung>(address(op, "areas/items", { skipGeometry: "true", limit: 10000, properties: "pcode,name,level,parent" }))).features.map((one) => one.properties);

/** The areas that hold what a partner reported, cancelled work aside, and its sites; one for each row. */
export async function workOf(op: string, partner: string, state: Asked, signal: AbortSignal): Promise<(string | null)[]> {
  const is = `partner = '${partner.replaceAll("'", "''")}'`;
  const asked = { datetime: datetime(state.from, state.to), skipGeometry: "true", properties: "area", limit: 10000 };
  const rows = (collection: string, sector: string | null, filter: string) => pages<{ area: string | null }>(address(op, `${collection}/items`, { ...asked, sector, filter }), signal);
  const sector = state.sector === "ALL" ? null : state.sector;
  const [activities, sites] = await Promise.all([rows("activities", sector, `${is} AND (status IS NULL OR status <> 'cancelled')`), rows("sites", sector, is)]);
  return [...activities.features, ...sites.features].map((one) => one.properties.area);
}

/** For a person to download: the same parameters as the map's own question. */
export const exported = (op: string, level: number, state: Asked, format: "csv" | "geojson"): string =>
  folder ? folder.table(level, state.sector) : address(op, `gaps/export.${format}`, { level, ...figures(state) });

/** The same of the draft that is looked at, which only an answer to the token has: fetched, as a link cannot show it. */
export async function fetched(url: string): Promise<Blob> {
  let answer: Response;
  try {
    answer = await fetch(drafted(url), { headers: bearer() });
  } catch {
    throw new Refused(0, "", "");
  }
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as Partial<Problem>;
    throw new Refused(answer.status, problem.title ?? answer.statusText, problem.detail ?? "");
  }
  return answer.blob();
}

/** The operation as a project of QGIS. */
export const project = (op: string): string => `${root}/qgis/${encodeURIComponent(op)}.qgs`;

/** The address under which QGIS and others find every layer. */
export const layers = (op: string): string => `${location.origin}${home(op)}`;
