/** The selected area: its figures with their intervals, who is there, and the rows behind. */

import * as api from "../api";
import { areaSwatch } from "../controls/swatch";
import { type Child, DATA, ENGLISH, h, refill, save } from "../dom";
import { folder } from "../folder";
import * as format from "../format";
import { beside, listed, many, maybe, t } from "../i18n";
import type { Row } from "../measures";
import type { Model } from "../model";
import type { Store } from "../state";
import type { Palette } from "../style/palette";
import type { GapFigure, Lines, SiteProperties, Status } from "../types";
import { levelName, plain, questionWords, standing } from "../words";
import { interval } from "./interval";
import { lineList } from "./lines";

const SITES_SHOWN = 8;

export interface Profile {
  element: HTMLElement;
  render(model: Model, row: Row | null): void;
}

export function profile(store: Store, palette: () => Palette, back: () => void, copied: () => void): Profile {
  const element = h("article", { class: "profile", tabindex: -1 });
  let asked = "";

  return {
    element,
    render(model, row) {
      const { state } = model;
      if (state.area === null || model.level === null) return refill(element);
      if (!row) {
        asked = "";
        return refill(element, crumbs(model, null, back), model.loading ? h("p", { class: "soft" }, t("loading.figures")) : h("p", null, t("profile.gone")));
      }
      const question = JSON.stringify([state.op, model.level, row.pcode, state.sector, state.from, state.to, state.group, state.basis, state.draft]);
      const key = `${question} ${model.gaps?.revision}`;
      // A moved map or a new order redraws nothing here, so that an opened line stays open.
      if (key === asked && element.dataset.measure === state.measure) return;
      const isSame = asked.startsWith(`${question} `) && element.dataset.measure === state.measure;
      asked = key;
      element.dataset.measure = state.measure;

      const { parts, filled } = content(model, row);
      if (!isSame) return refill(element, parts);
      // A new revision takes the place of the old one when all of it is there: nothing jumps.
      void filled.then(() => asked === key && inPlace(element, () => refill(element, parts)));
    },
  };

  /** The parts of a profile, and when what is asked for besides the figures is in them. */
  function content(model: Model, row: Row): { parts: (HTMLElement | null)[]; filled: Promise<unknown> } {
    const { state } = model;
    const lines = h("div", null, h("p", { class: "soft", role: "status" }, t("loading.lines")));
    const partners = h("section", { hidden: true });
    const sites = h("section", { hidden: true });
    const parts = [
      crumbs(model, row, back),
      h("h1", DATA, row.name),
      row.figure && saying(row.figure, areaSwatch(row, model, palette())),
      row.figure && figures(row.figure),
      row.figure && split(row.figure),
      row.figure && warnings(row.figure),
      partners,
      sites,
      folder ? h("section", null, h("p", { class: "soft" }, t("profile.folder"))) : h("section", null, h("h2", null, t("profile.lines")), lines),
      take(model, row, copied),
    ];
    if (folder) return { parts, filled: Promise.resolve() };
    const asksLines = api.lines(state.op, model.level ?? 1, row.pcode, state).then(
      (found) => {
        refill(lines, lineList(found, model.operation));
        partners.hidden = false;
        refill(partners, h("h2", null, t("profile.partners")), partnerList(found));
      },
      (error: Error) => refill(lines, h("p", null, said(error))),
    );
    const asksSites = api.sites(state.op, state, row.pcode).then((found) => {
      sites.hidden = false;
      refill(sites, h("h2", null, t("profile.sites")), covered(row), siteList(found.features.map((one) => one.properties)));
    }, () => undefined);
    return { parts, filled: Promise.all([asksLines, asksSites]) };
  }

  function crumbs(model: Model, row: Row | null, up: () => void): HTMLElement {
    const top = h("button", { class: "button plain", type: "button", onclick: up }, t("profile.back"));
    const parent = row?.parent && row.parentName && model.operation?.levels.some((one) => one.level === (model.level ?? 0) - 1 && one.level > 0);
    return h(
      "nav",
      { class: "crumbs", "aria-label": t("profile.parents") },
      h("ol", null, [
        h("li", null, top),
        parent ? h("li", null, h("button", { class: "button plain", type: "button", onclick: () => store.set({ level: (model.level ?? 1) - 1, area: row.parent, only: [] }), ...DATA }, row.parentName)) : row?.parentName ? h("li", DATA, row.parentName) : null,
      ]),
    );
  }
}

/** Draws anew what somebody reads: open lines stay open, and the keyboard and the page where they are. */
function inPlace(element: HTMLElement, drawAnew: () => void): void {
  const names = (): Map<string, HTMLDetailsElement> => new Map([...element.querySelectorAll<HTMLDetailsElement>("details.line")].map((one) => [one.querySelector("summary > span")?.textContent ?? "", one]));
  const stops = (): HTMLElement[] => [...element.querySelectorAll<HTMLElement>("button, a, summary, [tabindex]")];
  const open = [...names()].filter(([, one]) => one.open).map(([name]) => name);
  const [at, top] = [stops().indexOf(document.activeElement as HTMLElement), element.parentElement?.scrollTop ?? 0];
  drawAnew();
  const now = names();
  for (const name of open) now.get(name)?.setAttribute("open", "");
  if (element.parentElement) element.parentElement.scrollTop = top;
  if (at >= 0) (stops()[at] ?? element).focus({ preventScroll: true });
}

/** What went wrong: in the server's words, or that it cannot be reached. */
const said = ({ message }: Error): Child => (message ? h("span", ENGLISH, message) : t("error.offline"));

/** The status in words, with what it looks like on the map. */
function saying(figure: GapFigure, sample: HTMLElement): HTMLElement {
  const { status } = figure;
  const counted: Partial<Record<Status, number>> = { "planned-only": figure.partners_planned };
  const words = ["no-data", "no-need", "no-report"].includes(status)
    ? t(`status.${status as "no-data" | "no-need" | "no-report"}.long`)
    : many(`status.${status as "present"}.long`, counted[status] ?? figure.partners);
  return h("p", { class: "saying" }, sample, words);
}

function figures(figure: GapFigure): HTMLElement {
  const max = Math.max(figure.in_need ?? 0, figure.reached_high ?? 0, figure.gap_high ?? 0, figure.targeted ?? 0);
  const row = (label: string, value: number | null, low: number | null, high: number | null, colour: string): HTMLElement => {
    const wide = value !== null && low !== null && high !== null && low !== high;
    return h(
      "div",
      { class: "scale-row" },
      h("dt", null, label),
      h("dd", null, interval({ value, low, high }, max, colour), wide && h("span", { class: "range" }, t("head.interval", { low: format.exact(low), high: format.exact(high) }))),
      h("dd", { class: "end" }, format.exact(value)),
    );
  };
  const fact = (label: string, value: string | null): HTMLElement | null => (value === null ? null : h("div", null, h("dt", null, label), h("dd", null, value)));
  const severity = figure.severity ?? figure.severity_max;
  return h(
    "section",
    null,
    h("dl", null, [
      row(t("profile.in_need"), figure.in_need, null, null, "var(--text)"),
      figure.targeted !== null && row(t("profile.targeted"), figure.targeted, null, null, "var(--text-2)"),
      row(t("profile.reached"), figure.reached, figure.reached_low, figure.reached_high, "var(--reached-3)"),
      row(t("profile.gap"), figure.gap, figure.gap_low, figure.gap_high, "var(--gap-3)"),
    ]),
    h("dl", { class: "facts" }, [
      fact(t("profile.population"), format.exact(figure.population)),
      severity !== null && fact(figure.severity === null ? t("profile.severity.max") : t("profile.severity"), t("profile.severity.of", { value: severity })),
      fact(t("profile.activities"), format.exact(figure.activities)),
      figure.area_km2 !== null && fact(t("profile.area"), format.km2(figure.area_km2)),
    ]),
    figure.in_need_published !== null && h("p", { class: "soft" }, t("profile.published", { count: format.exact(figure.in_need_published) })),
  );
}

/** People in need in three parts, as one bar. */
function split(figure: GapFigure): HTMLElement | null {
  const parts = [
    ["reached", figure.pin_reached],
    ["targeted", figure.pin_targeted_not_reached],
    ["never", figure.pin_never_targeted],
  ] as const;
  const total = parts.reduce((sum, [, value]) => sum + (value ?? 0), 0);
  if (!(total > 0)) return null;
  return h(
    "section",
    null,
    h("h2", null, t("profile.split")),
    h("div", { class: "split", "aria-hidden": "true" }, parts.map(([name, value]) => (value ?? 0) > 0 && h("span", { class: `part-${name}`, style: { flex: `${value} 0 0` } }))),
    h("ul", { class: "split-key" }, parts.map(([name, value]) => h("li", null, h("span", { class: `swatch part-${name}`, "aria-hidden": "true" }), t(`profile.split.${name}`), h("b", null, format.exact(value)), h("span", { class: "soft" }, format.percent((value ?? 0) / total))))),
  );
}

function warnings(figure: GapFigure): HTMLElement | null {
  const said = [
    figure.over_need && t("profile.over-need"),
    figure.over_population && t("profile.over-population"),
    figure.reached_place_unknown && t("profile.unknown-place", { count: format.exact(figure.reached_place_unknown) }),
    figure.reached_place_unknown_above && t("profile.unknown-above", { count: format.exact(figure.reached_place_unknown_above), parent: figure.parent_name ?? "" }),
    figure.rows_without_figures > 0 && many("profile.silent-rows", figure.rows_without_figures),
    figure.reached_converted && t("profile.converted"),
  ].filter((text): text is string => typeof text === "string");
  return said.length === 0 ? null : h("ul", { class: "warns" }, said.map((text) => h("li", null, text)));
}

function partnerList(found: Lines): HTMLElement {
  const names = [...new Set(found.lines.map((line) => line.partner_name ?? line.partner))].sort(format.compare);
  return names.length === 0 ? h("p", { class: "soft" }, t("profile.partners.none")) : h("ul", { class: "tags" }, names.map((name) => h("li", DATA, name)));
}

function covered(row: Row): HTMLElement | null {
  const part = row.space?.share_covered;
  return part === null || part === undefined ? null : h("p", { class: "rule" }, t("profile.covered", { share: format.percent(part) }));
}

function siteList(sites: readonly SiteProperties[]): HTMLElement {
  if (sites.length === 0) return h("p", { class: "soft" }, t("profile.sites.none"));
  const rest = sites.length - SITES_SHOWN;
  return h(
    "ul",
    { class: "sitelist" },
    sites.slice(0, SITES_SHOWN).map((site) => h("li", null, h("span", DATA, site.name ?? site.site_id), h("span", { class: "soft" }, listed([maybe(`place.${site.type}`, plain(site.type)), maybe(`site.${site.status}`, plain(site.status))])))),
    rest > 0 && h("li", { class: "soft" }, t("profile.sites.more", { count: format.exact(rest) })),
  );
}

/** What a person may take along: the link, the table, the layer; and where it all comes from. */
function take(model: Model, row: Row, copied: () => void): HTMLElement {
  const { state, level, gaps, operation } = model;
  const copy = (): void => void navigator.clipboard?.writeText(location.href).then(copied, () => undefined);
  const fault = h("p", { class: "soft", role: "alert" });
  const file = (format_: "csv" | "geojson", words: string): HTMLElement => {
    const url = api.exported(state.op, level ?? 1, state, format_);
    if (state.draft === null) return h("a", { class: "button", href: url, download: true }, words);
    // A link would lead to the published figures: it cannot show the token.
    const fetching = (): void => {
      fault.textContent = "";
      void api.fetched(url).then((blob) => save(blob, `preview-${state.op}-${level}.${format_}`), (error: Error) => refill(fault, said(error)));
    };
    return h("button", { class: "button", type: "button", "data-file": format_, onclick: fetching }, words);
  };
  return h(
    "section",
    null,
    h("h2", null, t("profile.sources")),
    h("ul", { class: "sources soft" }, (gaps?.sources ?? []).map((source) => h("li", null, beside([source.file, maybe(`kind.${source.kind}`, source.kind), format.day(source.at)])))),
    h("p", { class: "soft" }, beside([questionWords(operation, state), row.pcode, standing(gaps?.revision ?? operation?.revision ?? 0, state)])),
    h("div", { class: "take" }, [
      h("button", { class: "button", type: "button", onclick: copy }, t("profile.copy")),
      file("csv", t("profile.csv")),
      !folder && file("geojson", t("profile.geojson")),
      !folder && h("a", { class: "button", href: api.project(state.op), download: true }, t("profile.qgis")),
    ]),
    fault,
    h("p", { class: "soft take-note" }, [t("profile.level", { level: levelName(operation, level ?? 1) }), state.draft !== null && t("profile.preview")].filter(Boolean).join(" ")),
    !folder && h("p", { class: "soft" }, t("profile.qgis.do"), " ", h("code", { dir: "ltr" }, api.layers(state.op))),
  );
}
