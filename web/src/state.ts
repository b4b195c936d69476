/**
 * The page's one state, and its image in the address bar: a pasted link shows the same thing.
 * Values that are the page's own defaults are left out; those that depend on data (operation, level,
 * sector) are always written, so that a link keeps its meaning when the data change.
 */

export const MEASURES = ["gap", "share", "reached", "presence", "sites", "uncovered", "shared"] as const;
export type Measure = (typeof MEASURES)[number];

export const OVERLAYS = ["service-areas", "uncovered", "sites", "parents", "labels"] as const;
export type Overlay = (typeof OVERLAYS)[number];

export const SORTS = ["value", "name", "share", "partners", "status"] as const;
export type Sort = (typeof SORTS)[number];

export interface View {
  lng: number;
  lat: number;
  zoom: number;
}

export interface State {
  /** Empty until the list of operations is known. */
  op: string;
  sector: string;
  /** `null`: the lowest level with need figures. */
  level: number | null;
  /** Months as 2026-03, both ends inside; both `null`: the whole operation. */
  from: string | null;
  to: string | null;
  measure: Measure;
  basis: "in-need" | "targeted";
  group: string;
  /** P-code of the selected area. */
  area: string | null;
  /** Id of the partner whose areas alone are shown. */
  partner: string | null;
  /** Legend keys shown; empty: all. `c0`…`c4` are classes, the rest are statuses. */
  only: readonly string[];
  overlays: readonly Overlay[];
  sort: Sort;
  descending: boolean;
  view: View | null;
  /** A file that is not committed: the map shows the operation as it would be after its commit. */
  draft: string | null;
  /** The part of the import view that is open: `files`, `history`, `review`, or one import's id. */
  importing: string | null;
}

export const INITIAL: State = {
  op: "",
  sector: "ALL",
  level: null,
  from: null,
  to: null,
  measure: "gap",
  basis: "in-need",
  group: "all",
  area: null,
  partner: null,
  only: [],
  overlays: ["parents", "labels"],
  sort: "value",
  descending: true,
  view: null,
  draft: null,
  importing: null,
};

const MONTH = /^\d{4}-(0[1-9]|1[0-2])$/;
const DRAFT = /^d-[0-9a-f]{1,64}$/;
const IMPORTING = /^(files|history|review|d-[0-9a-f]{1,64}|[1-9][0-9]{0,8})$/;
const KEY = /^(c[0-9]|[a-z]+(-[a-z]+)*)$/;

/** Reads an address; what cannot be read keeps its default, so that an old or cut link still opens. */
export function parse(search: string): State {
  const given = new URLSearchParams(search);
  const one = <T extends string>(name: string, known: readonly T[], fallback: T): T => {
    const value = given.get(name) as T | null;
    return value !== null && known.includes(value) ? value : fallback;
  };
  const fitting = (name: string, pattern: RegExp): string | null => {
    const value = given.get(name);
    return value !== null && pattern.test(value) ? value : null;
  };
  const list = (name: string): string[] | null => given.get(name)?.split(",").filter(Boolean) ?? null;
  const level = Number.parseInt(given.get("level") ?? "", 10);
  let [from, to] = [fitting("from", MONTH), fitting("to", MONTH)];
  if (from !== null && to !== null && from > to) [from, to] = [to, from];
  return {
    op: given.get("operation") ?? INITIAL.op,
    sector: given.get("sector") ?? INITIAL.sector,
    level: level >= 0 && level <= 4 ? level : null,
    from,
    to,
    measure: one("measure", MEASURES, INITIAL.measure),
    basis: one("basis", ["in-need", "targeted"], INITIAL.basis),
    group: given.get("group") ?? INITIAL.group,
    area: given.get("area"),
    partner: given.get("partner"),
    only: list("only")?.filter((key) => KEY.test(key)) ?? INITIAL.only,
    overlays: list("overlays")?.filter((name): name is Overlay => OVERLAYS.includes(name as Overlay)) ?? INITIAL.overlays,
    sort: one("sort", SORTS, INITIAL.sort),
    descending: given.get("order") !== "up",
    view: parseView(given.get("at")),
    draft: fitting("draft", DRAFT),
    importing: fitting("import", IMPORTING),
  };
}

/** The state as a query string, starting with `?`; the opposite of `parse`. */
export function format(state: State): string {
  const put = new URLSearchParams();
  if (state.op) put.set("operation", state.op);
  put.set("sector", state.sector);
  if (state.level !== null) put.set("level", String(state.level));
  if (state.from !== null) put.set("from", state.from);
  if (state.to !== null) put.set("to", state.to);
  put.set("measure", state.measure);
  if (state.basis !== INITIAL.basis) put.set("basis", state.basis);
  if (state.group !== INITIAL.group) put.set("group", state.group);
  if (state.area !== null) put.set("area", state.area);
  if (state.partner !== null) put.set("partner", state.partner);
  if (state.only.length > 0) put.set("only", state.only.join(","));
  if (state.overlays.join() !== INITIAL.overlays.join()) put.set("overlays", state.overlays.join(","));
  if (state.sort !== INITIAL.sort) put.set("sort", state.sort);
  if (!state.descending) put.set("order", "up");
  if (state.view) put.set("at", [state.view.lng.toFixed(4), state.view.lat.toFixed(4), state.view.zoom.toFixed(2)].join(","));
  if (state.draft !== null) put.set("draft", state.draft);
  if (state.importing !== null) put.set("import", state.importing);
  return `?${put.toString().replaceAll("%2C", ",")}`;
}

function parseView(text: string | null): View | null {
  const [lng, lat, zoom] = (text ?? "").split(",").map(Number);
  const fine = (value: number | undefined, bound: number): value is number =>
    value !== undefined && Number.isFinite(value) && Math.abs(value) <= bound;
  if (!text || !fine(lng, 360) || !fine(lat, 90) || !fine(zoom, 24)) return null;
  return { lng, lat, zoom };
}

export type Listener = (state: State, before: State) => void;

export interface Store {
  get(): State;
  /** `quiet` changes (moving the map, sorting) replace the address instead of adding to the history. */
  set(change: Partial<State>, quiet?: boolean): void;
  listen(listener: Listener): void;
}

/** The store of a browser window; the history's back and forward move through states. */
export function openStore(): Store {
  let state = parse(location.search);
  const listeners: Listener[] = [];
  const tell = (next: State): void => {
    const before = state;
    state = next;
    for (const listener of listeners) listener(state, before);
  };
  addEventListener("popstate", () => tell(parse(location.search)));
  return {
    get: () => state,
    set(change, quiet = false) {
      const next = { ...state, ...change };
      const search = format(next);
      if (search !== location.search) {
        if (quiet) history.replaceState(null, "", search);
        else history.pushState(null, "", search);
      }
      tell(next);
    },
    listen: (listener) => void listeners.push(listener),
  };
}

/** The `datetime` parameter of the months, or `null` for the whole operation. */
export function datetime(from: string | null, to: string | null): string | null {
  if (from === null && to === null) return null;
  const last = (month: string): string => {
    const [year = 0, number = 1] = month.split("-").map(Number);
    return `${month}-${new Date(Date.UTC(year, number, 0)).getUTCDate()}`;
  };
  return `${from === null ? ".." : `${from}-01`}/${to === null ? ".." : last(to)}`;
}
