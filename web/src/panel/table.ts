/**
 * The ranked table: every fact of the map in words and numbers. Only the rows near the window are in
 * the page, so that ten thousand areas scroll like ten. Arrow keys walk, Enter opens.
 */

import { areaColour, areaSwatch } from "../controls/swatch";
import { DATA, h, refill } from "../dom";
import * as format from "../format";
import { beside, many, t } from "../i18n";
import { MEASURE, type Row, share } from "../measures";
import type { Model } from "../model";
import type { Sort, Store } from "../state";
import type { Palette } from "../style/palette";
import { measureName } from "../words";
import { whisker } from "./interval";

const AROUND = 8;

export interface Table {
  element: HTMLElement;
  render(model: Model): void;
  /** Marks the row under the map's pointer; scrolls only when asked to. */
  light(pcode: string | null): void;
  /** Puts the keyboard on a row. */
  focus(pcode: string): void;
}

/** A column that only explains another. */
const plainHead = (label: string, long: string): HTMLElement => h("th", { scope: "col", class: "end" }, h("span", { class: "fixed", title: long }, label));

/** Names that more than one of the areas has. */
export function repeated(rows: readonly Pick<Row, "name">[]): Set<string> {
  const seen = new Set<string>();
  return new Set(rows.map(({ name }) => name).filter((name) => seen.has(name) || !seen.add(name)));
}

export function table(store: Store, palette: () => Palette, hover: (pcode: string | null) => void, scroller: HTMLElement): Table {
  let model: Model | null = null;
  let max = 0;
  /** Names that several areas have: theirs are said with the area above. */
  let twice: ReadonlySet<string> = new Set();
  let lit: string | null = null;
  /** The row that Tab reaches. */
  let current: string | null = null;
  let window_: [number, number] = [0, 0];

  const count = h("h2", { id: "areas" });
  const clear = h("button", { class: "button plain", type: "button", onclick: () => store.set({ only: [], partner: null }) }, t("legend.clear"));
  const headers = h("tr");
  const body = h("tbody");
  const caption = h("caption", { class: "reader" });
  const grid = h("table", { role: "grid", "aria-labelledby": "areas" }, caption, h("colgroup", null, h("col"), h("col", { class: "c-value" }), h("col", { class: "c-share" }), h("col", { class: "c-partners" })), h("thead", null, headers), body);
  const box = h("div", { class: "ranked" }, grid);
  const nothing = h("div", { class: "empty" });
  const element = h("div", { style: { display: "contents" } }, h("div", { class: "list-head" }, count, clear), box, nothing);

  const rowHeight = (): number => (innerWidth <= 760 ? 56 : 48);
  /** On a phone the whole sheet scrolls, else the table alone. */
  const scrolling = (): HTMLElement => (innerWidth <= 760 ? scroller : box);

  const at = (pcode: string | null): number => model?.shown.findIndex((row) => row.pcode === pcode) ?? -1;

  function visible(): [number, number] {
    const total = model?.shown.length ?? 0;
    const view = scrolling();
    const above = view.getBoundingClientRect().top - grid.getBoundingClientRect().top - 32;
    const first = Math.max(0, Math.floor(above / rowHeight()) - AROUND);
    return [first, Math.min(total, first + Math.ceil(view.clientHeight / rowHeight()) + 2 * AROUND)];
  }

  function draw(force: boolean): void {
    if (!model) return;
    const next = visible();
    if (!force && next[0] === window_[0] && next[1] === window_[1]) return;
    const focused = body.contains(document.activeElement);
    window_ = next;
    const [from, to] = next;
    const total = model.shown.length;
    if (at(current) < 0) current = model.state.area !== null && at(model.state.area) >= 0 ? model.state.area : (model.shown[0]?.pcode ?? null);
    const space = (rows: number): HTMLElement | false => rows > 0 && h("tr", { class: "spacer", "aria-hidden": "true" }, h("td", { colspan: 4, style: { height: `${rows * rowHeight()}px` } }));
    refill(body, space(from), model.shown.slice(from, to).map((row, index) => line(row, from + index)), space(total - to));
    if (focused) find(current)?.focus({ preventScroll: true });
  }

  function line(row: Row, index: number): HTMLElement {
    const { measure, area } = (model as Model).state;
    const def = MEASURE[measure];
    const parts = { value: def.value(row), low: def.low?.(row) ?? null, high: def.high?.(row) ?? null };
    const said = format.inUnit(parts.value, def.unit);
    const [low, high] = [format.inUnit(parts.low, def.unit), format.inUnit(parts.high, def.unit)];
    const colour = areaColour(row, model as Model, palette());
    return h(
      "tr",
      {
        "data-pcode": row.pcode,
        "aria-rowindex": index + 2,
        "aria-selected": String(row.pcode === area),
        class: row.pcode === lit ? "lit" : null,
        tabindex: row.pcode === current ? 0 : -1,
      },
      h("th", { scope: "row", title: row.parentName ? `${row.name}, ${row.parentName}` : row.name }, h("span", { class: "name", ...DATA }, row.name), h("span", { class: "state" }, areaSwatch(row, model as Model, palette()), " ", beside([twice.has(row.name) && row.parentName, t(`status.${row.status}`)]))),
      h("td", { title: parts.low !== null ? t("table.whisker", { value: said, low, high }) : null }, h("span", { class: "amount" }, said, parts.low !== null && parts.high !== null && parts.low !== parts.high && h("span", { class: "reader" }, `, ${t("head.interval", { low, high })}`)), whisker(parts, max, colour)),
      h("td", { class: "end" }, measure === "share" ? format.exact(row.figure?.gap) : format.percent(share(row.base, row.figure?.gap))),
      h("td", { class: "end" }, format.exact(measure === "presence" ? row.figure?.activities : row.figure?.partners)),
    );
  }

  const find = (pcode: string | null): HTMLElement | null => (pcode === null ? null : body.querySelector(`[data-pcode="${CSS.escape(pcode)}"]`));
  const rowOf = (event: Event): string | null => (event.target as Element).closest<HTMLElement>("tr[data-pcode]")?.dataset.pcode ?? null;

  function scrollTo(pcode: string): void {
    const index = at(pcode);
    if (index < 0) return;
    const view = scrolling();
    const top = grid.getBoundingClientRect().top - view.getBoundingClientRect().top + 34 + index * rowHeight();
    const room = view.clientHeight - rowHeight();
    if (top < 34) view.scrollTop += top - 40;
    else if (top > room) view.scrollTop += top - room + 4;
    draw(true);
  }

  body.addEventListener("click", (event) => {
    const pcode = rowOf(event);
    if (pcode) store.set({ area: pcode });
  });
  body.addEventListener("pointerover", (event) => (event as PointerEvent).pointerType === "mouse" && hover(rowOf(event)));
  body.addEventListener("pointerleave", () => hover(null));
  body.addEventListener("focusin", (event) => {
    current = rowOf(event) ?? current;
    hover(current);
  });
  body.addEventListener("focusout", () => hover(null));
  body.addEventListener("keydown", (event) => {
    if (!model || at(current) < 0) return;
    const page = Math.max(1, Math.floor(scrolling().clientHeight / rowHeight()) - 2);
    const last = model.shown.length - 1;
    const to = ({ ArrowDown: at(current) + 1, ArrowUp: at(current) - 1, PageDown: at(current) + page, PageUp: at(current) - page, Home: 0, End: last } as Record<string, number>)[event.key];
    if (to !== undefined) {
      event.preventDefault();
      focus(model.shown[Math.max(0, Math.min(last, to))]?.pcode ?? "");
    } else if ((event.key === "Enter" || event.key === " ") && current) {
      event.preventDefault();
      store.set({ area: current });
    }
  });
  for (const view of [box, scroller]) view.addEventListener("scroll", () => draw(false), { passive: true });
  addEventListener("resize", () => draw(true));

  function focus(pcode: string): void {
    if (at(pcode) < 0) return;
    find(current)?.setAttribute("tabindex", "-1");
    current = pcode;
    scrollTo(pcode);
    find(pcode)?.focus({ preventScroll: true });
  }

  function header(sort: Sort, label: string, long: string): HTMLElement {
    const { state } = model as Model;
    const on = state.sort === sort;
    return h(
      "button",
      {
        type: "button",
        class: on ? "on" : null,
        title: long,
        "data-sort": sort,
        // Numbers are wanted largest first, words from the beginning.
        onclick: () => store.set({ sort, descending: on ? !state.descending : sort !== "name" && sort !== "status" }, true),
      },
      label,
      on && h("span", { "aria-hidden": "true" }, state.descending ? " ↓" : " ↑"),
    );
  }

  return {
    element,
    light(pcode) {
      if (pcode === lit) return;
      find(lit)?.classList.remove("lit");
      lit = pcode;
      find(lit)?.classList.add("lit");
    },
    focus,
    render(next) {
      const reset = model && (model.state.sort !== next.state.sort || model.state.descending !== next.state.descending || model.state.op !== next.state.op || model.level !== next.level);
      model = next;
      const { state } = next;
      const def = MEASURE[state.measure];
      twice = repeated(next.rows);
      grid.dataset.measure = state.measure;
      max = next.rows.reduce((top, row) => Math.max(top, def.high?.(row) ?? 0, def.value(row) ?? 0), 0);
      const filtered = state.only.length > 0 || state.partner !== null;
      count.textContent = filtered ? t("table.filtered", { shown: format.exact(next.shown.length), count: format.exact(next.rows.length) }) : many("table.count", next.rows.length);
      clear.hidden = !filtered;
      const sorted = (sort: Sort): string | null => (state.sort === sort ? (state.descending ? "descending" : "ascending") : null);
      const focused = headers.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.sort : null;
      refill(
        headers,
        h("th", { scope: "col", "aria-sort": sorted("name") ?? sorted("status") }, header("name", t("table.area"), t("table.area")), header("status", t("table.status"), t("table.status"))),
        h("th", { scope: "col", "aria-sort": sorted("value") }, header("value", t(`value.${state.measure}`), measureName(state))),
        // What the measure says itself is not said twice.
        state.measure === "share" ? plainHead(t("value.gap"), t("table.gap")) : h("th", { scope: "col", class: "end", "aria-sort": sorted("share") }, header("share", t("table.share"), t(state.basis === "targeted" ? "table.share.targeted" : "table.share.long"))),
        state.measure === "presence" ? plainHead(t("table.lines.short"), t("table.lines")) : h("th", { scope: "col", class: "end", "aria-sort": sorted("partners") }, header("partners", t("table.partners.short"), t("table.partners"))),
      );
      if (focused) headers.querySelector<HTMLElement>(`[data-sort="${focused}"]`)?.focus();
      caption.textContent = t("table.caption", { sort: state.sort === "value" ? measureName(state) : t(state.sort === "name" ? "table.area" : `table.${state.sort}`) });
      grid.setAttribute("aria-rowcount", String(next.shown.length + 1));
      box.hidden = next.shown.length === 0;
      nothing.hidden = next.shown.length > 0 || next.error !== null || next.operations?.length === 0;
      if (!nothing.hidden) {
        if (next.loading) refill(nothing, t("loading.operation"));
        else if (next.rows.length > 0) refill(nothing, h("strong", null, t("table.none")), h("button", { class: "button", type: "button", onclick: () => store.set({ only: [], partner: null }) }, t("table.none.do")));
        else if (next.level === null) refill(nothing, h("strong", null, t("empty.areas")), h("p", null, t("empty.areas.do")), h("button", { class: "button primary", type: "button", onclick: () => store.set({ importing: "files", draft: null }) }, t("import.open")));
        else refill(nothing, h("strong", null, t("empty.figures")), t("empty.figures.do"));
      }
      if (reset) scrolling().scrollTop = Math.min(scrolling().scrollTop, innerWidth <= 760 ? scrolling().scrollTop : 0);
      draw(true);
    },
  };
}
