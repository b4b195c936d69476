/** The page: puts the parts together and lets the one state flow through them. */

import * as api from "./api";
import { bar } from "./controls/bar";
import { languages } from "./controls/languages";
import { layersControl } from "./controls/layers";
import { legend } from "./controls/legend";
import { DATA, h, icon, refill, save } from "./dom";
import { folder } from "./folder";
import * as format from "./format";
import { beside, listed, sided, t } from "./i18n";
import { loader } from "./loader";
import type { MapHandle, Space } from "./map/map";
import { MEASURE } from "./measures";
import { classCount, classOfRow, highest, type Model, passes, patternOf } from "./model";
import { imports } from "./imports";
import { noticeOf } from "./notice";
import { paper } from "./paper";
import { picture, type ScaleBar, subtitleOf, titleOf } from "./picture";
import { headline } from "./panel/headline";
import { profile } from "./panel/profile";
import { sheet } from "./panel/sheet";
import { table } from "./panel/table";
import { openStore } from "./state";
import type { Look } from "./style";
import type { AreaMark } from "./style/areas";
import { overlaysFor } from "./overlays";
import { palette, switchTheme } from "./theme";
import { measureName, questionWords, standing } from "./words";

/** How often a new revision is looked for while the page is seen. */
const REVISION_MS = 60_000;
/** Areas that are named on the map before all others. */
const NAMED = 5;

export function start(root: HTMLElement): void {
  const store = openStore();

  const chart = h("div", { class: "chart", role: "region", "aria-label": t("app.map") });
  const canvas = h("canvas", { class: "names", "aria-hidden": "true" });
  const tip = h("div", { class: "tip", hidden: true, "aria-hidden": "true" });
  const mapLoading = h("div", { class: "progress" });
  const scale = h("div", { class: "scale", "aria-hidden": "true" });
  const said = h("div", { class: "reader", role: "status", "aria-live": "polite" });
  const notices = h("div", { role: "alert" });
  const foot = h("footer", { class: "foot" });
  const progress = h("div", { class: "progress" });

  const tool = (name: Parameters<typeof icon>[0], words: string, act: () => void): HTMLElement =>
    h("button", { class: "tool", type: "button", "data-icon": name, "aria-label": words, title: words, onclick: act }, icon(name));
  const begin = h("button", { class: "tool import-open", type: "button", "data-icon": "import", "aria-label": t("import.open"), title: t("import.open"), onclick: () => store.set({ importing: "files", draft: null }) }, icon("import"), h("span", { "aria-hidden": "true" }, t("import.open")));
  const top = bar(store, [folder ? null : begin, tool("picture", t("picture"), () => void savePicture()), tool("print", t("print"), () => print()), languages((words) => void (said.textContent = words)), tool("theme", t("theme.switch"), () => switchTheme())]);
  const key = legend(store, palette);
  const layers = layersControl(store);
  const numbers = headline(() => store.set({ partner: null }));
  const scroll = h("div", { class: "scroll" });
  const list = table(store, palette, (pcode) => light(pcode, false), scroll);
  const area = profile(store, palette, () => back(), () => void (said.textContent = t("profile.copied")));
  const overview = h("div", { style: { display: "contents" } }, numbers.element, list.element);
  refill(scroll, notices, overview, area.element, foot);
  const panel = h("aside", { class: "panel", "aria-label": t("app.panel"), id: "panel", tabindex: -1 });
  const grip = sheet(panel, () => undefined);
  panel.append(progress, grip.handle, scroll);

  const doors = imports({ store, root, model: () => model(), list: () => figures.list(), changed: () => seeAnew() });
  const zoom = h("div", { class: "corner zoom" }, tool("plus", t("map.in"), () => map?.zoom(1)), tool("minus", t("map.out"), () => map?.zoom(-1)), tool("home", t("map.home"), () => home(true)));
  const stage = h("main", { class: "map" }, chart, canvas, mapLoading, zoom, layers.element, key.element, tip, doors.banner, h("p", { class: "endorse" }, t("note.boundaries")), scale);
  const layersOfMap = (): HTMLCanvasElement[] => [...chart.querySelectorAll("canvas"), canvas];
  const onSheet = paper({ stage, layers: layersOfMap, map: () => map, whole: () => (store.get().view === null && store.get().area === null ? (model().operation?.bbox ?? null) : null), scale: scaleBar });
  stage.append(onSheet);
  const heading = h("header", { class: "paper-head" });
  refill(root, heading, h("a", { class: "skip", href: "#panel", onclick: (event: Event) => (event.preventDefault(), list.focus(figures.model.shown[0]?.pcode ?? "")) }, t("app.skip")), top.element, stage, panel, said, doors.element);

  const figures = loader(store, draw, (model) => {
    top.render(model);
    progress.hidden = false;
  });
  let map: MapHandle | null = null;
  let drawn: Model["state"] | null = null;
  let announced = "";
  const overlays = overlaysFor({
    tiles: (source, address) => map?.tiles(source, address, null),
    note: (count) => layers.note(count),
  });

  // Drawing

  function draw(model: Model): void {
    const { state } = model;
    // Nothing to ask about yet: only the invitation to import.
    root.classList.toggle("without-operation", !model.loading && model.operations?.length === 0);
    top.render(model);
    layers.render(model);
    key.render(model);
    numbers.render(model);
    const chosen = state.area === null ? null : (model.rows.find((row) => row.pcode === state.area) ?? null);
    overview.hidden = state.area !== null;
    area.element.hidden = state.area === null;
    overview.style.display = state.area === null ? "contents" : "none";
    list.render(model);
    area.render(model, chosen);
    progress.hidden = !model.loading;
    notice(model);
    drawFoot(model);
    refill(heading, h("h1", null, titleOf(model)), h("p", null, subtitleOf(model)));
    root.classList.toggle("with-area", state.area !== null);
    document.title = model.operation ? t("app.title", { operation: model.operation.title }) : t("app.name");
    if (state.area !== drawn?.area) chose(state.area, drawn?.area ?? null, drawn !== null);
    if (!model.loading && model.level !== null) announce(model);
    drawn = state;
    drawMap(model);
  }

  function notice(model: Model): void {
    const say = noticeOf(model, store, () => void again());
    const focused = notices.contains(document.activeElement);
    // Said once: what is drawn again is not said again.
    if (say?.textContent !== notices.textContent || say === null) refill(notices, say);
    // The button that was pressed is gone.
    if (focused && !notices.contains(document.activeElement)) panel.focus({ preventScroll: true });
    // Nothing is on its way any more.
    if (model.error) mapLoading.hidden = true;
  }

  function drawFoot({ operation, gaps, state }: Model): void {
    const stand = operation && standing(operation.revision, state);
    // A draft has no time of its own.
    const updated = operation && stand && (state.draft !== null ? stand : t("note.updated", { standing: stand, ago: operation.revised_at ? format.ago(operation.revised_at, Date.now()) : format.DASH }));
    const away = operation && api.away && t("note.away");
    refill(foot, h("p", { class: "on-screen" }, beside([operation?.title, updated, away])), h("p", null, t("note.boundaries")), operation && h("p", { class: "printed" }, beside([operation.title, standing(operation.revision, state), state.draft === null && format.day(operation.revised_at)])), h("p", { class: "printed" }, t("print.made", { date: format.day(new Date().toISOString()), sources: listed((gaps?.sources ?? []).map((one) => one.file)) })));
  }

  function announce({ state, shown, operation }: Model): void {
    const words = t("shown", { measure: measureName(state), question: questionWords(operation, state), count: format.exact(shown.length) });
    if (words !== announced) said.textContent = announced = words;
  }

  function look({ state, edges, rows, level }: Model): Look {
    return { palette: palette(), ramp: MEASURE[state.measure].ramp, classes: classCount(edges, rows, state.measure), overlays: state.overlays, level: level ?? 0 };
  }

  /** The areas whose places the map knows. */
  let placed = "";
  /** The operation the map was last moved to. */
  let framed = "";
  /** Changes when everything is to be asked for again. */
  let attempt = 0;
  function drawMap(model: Model): void {
    if (!map) return;
    const { state, rows, edges, operation, level } = model;
    const within = model.partner?.areas;
    map.look(look(model));
    map.marks(new Map(rows.map((row): [string, AreaMark] => [row.pcode, { c: classOfRow(row, state.measure, edges), s: patternOf(row, state.measure), off: !passes(row, state, edges, within) }])));
    map.first(highest(rows.filter((row) => passes(row, state, edges, within)), state.measure, NAMED));
    map.choose(state.area);
    if (!operation || level === null || model.loading) return;
    const whose = `${state.op}/${state.draft ?? ""}`;
    if (framed !== whose) {
      framed = whose;
      if (!state.view) home(false);
    }
    const version = [operation.revision, state.draft ?? "", attempt].join("/");
    map.tiles("areas", `${api.tilesOf.areas(state.op, level)}#${version}`, operation.bbox);
    overlays.update(state, level, version);
    const wanted = `${whose}/${level}/${version}`;
    if (placed !== wanted) void showPlaces((placed = wanted), state.op, level);
  }

  async function showPlaces(mine: string, op: string, level: number): Promise<void> {
    mapLoading.hidden = false;
    try {
      const found = await api.places(op, level);
      if (placed !== mine || !map) return;
      map.places(found.features.map((one) => one.properties));
      // For tests and for people who look under the bonnet.
      chart.dataset.areas = String(found.features.length);
    } catch {
      // Asked again with the next change, or by the retry of the notice.
      if (placed === mine) placed = "";
    }
  }

  /** What must stay free: the legend beside a wide map, the sheet on a phone. */
  const space = (): Space => {
    const beside = stage.clientWidth > 860 && key.element.hasAttribute("open");
    const tools = stage.clientWidth <= 760 ? 52 : 0;
    const [left, right] = sided(beside ? 284 : 24, 24);
    return { top: 24 + tools + (doors.banner.hidden ? 0 : doors.banner.offsetHeight), left, right, bottom: 24 + Math.min(grip.covers(), stage.clientHeight * 0.7) };
  };
  function home(animate: boolean): void {
    const bounds = model().operation?.bbox;
    if (!bounds || !map) return;
    map.fit(bounds, space(), animate);
  }
  const model = (): Model => figures.model;

  // Hovering and choosing

  function light(pcode: string | null, fromMap: boolean): void {
    map?.light(pcode);
    list.light(pcode);
    if (!fromMap) tip.hidden = true;
  }

  function hover(pcode: string | null, x: number, y: number): void {
    light(pcode, true);
    const row = pcode === null ? null : (model().rows.find((one) => one.pcode === pcode) ?? null);
    tip.hidden = row === null;
    if (!row) return;
    const { measure } = model().state;
    const def = MEASURE[measure];
    const [low, high] = [def.low?.(row) ?? null, def.high?.(row) ?? null];
    refill(
      tip,
      h("b", DATA, row.name),
      h("div", null, t("tip.value", { measure: measureName(model().state), value: format.inUnit(def.value(row), def.unit) })),
      low !== null && high !== null && low !== high && h("div", { class: "soft" }, t("head.interval", { low: format.inUnit(low, def.unit), high: format.inUnit(high, def.unit) })),
      h("div", { class: "soft" }, t(`status.${row.status}`)),
    );
    const [wide, tall] = [tip.offsetWidth, tip.offsetHeight];
    const left = x + 16 + wide > stage.clientWidth ? x - wide - 16 : x + 16;
    const above = y + 16 + tall > stage.clientHeight ? y - tall - 16 : y + 16;
    tip.style.transform = `translate(${Math.max(4, left)}px, ${Math.max(4, above)}px)`;
  }

  function chose(now: string | null, before: string | null, byPerson: boolean): void {
    scroll.scrollTop = 0;
    if (now !== null) {
      if (byPerson) {
        grip.set("half");
        area.element.focus({ preventScroll: true });
        requestAnimationFrame(() => map?.reveal(now, space()));
      }
    } else if (before !== null && byPerson) list.focus(before);
  }

  function back(): void {
    store.set({ area: null });
  }

  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && store.get().area !== null && !event.defaultPrevented) back();
  });

  // Life

  store.listen((state, before) => {
    if ((state.op !== before.op && before.op !== "") || state.draft !== before.draft) {
      overlays.clear();
      scroll.scrollTop = 0;
    }
    doors.show(state);
    // What nobody sees is not asked for; a new operation is not there to be asked about.
    if (state.importing !== null) return;
    void figures.refresh(state);
    const { view } = state;
    // Back and forward move the map too.
    if (view && view !== before.view && map && view !== lastView) map.go(view);
  });
  let lastView: unknown = null;

  doors.show(store.get());
  if (store.get().importing === null) void figures.refresh(store.get());
  void import("./map/map")
    .then(async ({ openMap }) => {
      map = await openMap(chart, canvas, look(model()), store.get().view, folder?.deepest, {
        tile: api.tile,
        idle: () => void (mapLoading.hidden = true),
        failed(source) {
          mapLoading.hidden = true;
          if (source !== "areas") said.textContent = t("overlay.failed", { layer: t(`overlay.${source}`) });
        },
        hover,
        click: (pcode) => {
          if (pcode !== store.get().area) store.set({ area: pcode });
        },
        moved(view, byPerson) {
          drawScale();
          if (!byPerson) return;
          lastView = view;
          store.set({ view }, true);
        },
      });
      drawMap(model());
      drawScale();
    })
    .catch((error: unknown) => {
      console.error(error);
      mapLoading.hidden = true;
      refill(chart, h("p", { class: "empty" }, t("map.failed")));
    });
  function scaleBar(): ScaleBar | null {
    if (!map) return null;
    const perPixel = map.scale();
    const power = 10 ** Math.floor(Math.log10(perPixel * 120));
    const metres = [5, 2, 1].map((one) => one * power).find((one) => one <= perPixel * 120) ?? power;
    return { length: metres / perPixel, text: metres >= 1000 ? t("unit.km", { value: format.exact(metres / 1000) }) : t("unit.m", { value: format.exact(metres) }) };
  }
  function drawScale(): void {
    const bar = scaleBar();
    if (!bar) return;
    scale.style.inlineSize = `${bar.length}px`;
    scale.textContent = bar.text;
  }

  async function savePicture(): Promise<void> {
    const { state } = model();
    const drawn = { canvases: layersOfMap(), width: stage.clientWidth, height: stage.clientHeight, scale: scaleBar() ?? { length: 0, text: "" } };
    const made = map && (await picture(model(), drawn, palette(), new Date()));
    if (made) save(made, `${[state.draft && "preview", state.op, state.measure, state.sector, state.from, state.to].filter(Boolean).join("-")}.png`);
    else said.textContent = t("picture.failed");
  }

  new ResizeObserver(() => map?.resize()).observe(stage);
  addEventListener("lacuna:theme", () => draw(model()));
  addEventListener("online", () => void (model().error ? again() : lookForRevision()));
  addEventListener("offline", () => void lookForRevision());
  if (!folder) setInterval(() => void lookForRevision(), REVISION_MS);

  /** Figures and tiles, after a failure or for a new revision. */
  function again(): Promise<void> {
    attempt += 1;
    return figures.again();
  }

  /** After a commit: everything is asked again. */
  async function seeAnew(): Promise<void> {
    overlays.clear();
    attempt += 1;
    figures.forget();
    if (store.get().importing === null) await figures.again();
    else await figures.list();
  }

  async function lookForRevision(): Promise<void> {
    const { operation, state, error } = model();
    if (document.hidden || !operation || store.get().importing !== null || state.draft !== null) return;
    if (error?.status === 0) return again();
    const now = await api.revision(state.op);
    if (now !== null) model().away = now === "unreached";
    notice(model());
    if (now === null || now === "unreached" || now === operation.revision) return drawFoot(model());
    await again();
    said.textContent = t("note.new", { revision: now });
  }
}
