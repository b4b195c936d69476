/** The bar on top: what is asked. On a phone it folds into one line that says the question. */

import { h, icon, refill } from "../dom";
import { folder } from "../folder";
import { beside, t } from "../i18n";
import { MEASURE } from "../measures";
import { root } from "../root";
import { MEASURES, type Measure, type State, type Store } from "../state";
import { levelName, measureName, periodName, sectorName, unusualWords } from "../words";
import type { Control } from "./control";
import { period } from "./period";
import { picker } from "./picker";
import { search } from "./search";

export function bar(store: Store, tools: readonly (HTMLElement | null)[]): Control {
  const operation = picker("operation", t("bar.operation"), (op) =>
    store.set({ op, area: null, partner: null, only: [], view: null, level: null, from: null, to: null, sector: "ALL", group: "all" }),
  );
  const sector = picker("sector", t("bar.sector"), (code) => store.set({ sector: code }));
  const level = picker("level", t("bar.level"), (value) => store.set({ level: Number(value), area: null, only: [] }));
  const measure = picker("measure", t("bar.measure"), (value) => store.set(measured(store.get(), value as Measure)));
  const months = period(store);
  const find = search(store);

  const filters = h("div", { class: "filters", id: "filters", role: "group", "aria-label": t("app.filters") }, [
    operation.element,
    sector.element,
    months.element,
    level.element,
    measure.element,
    find.element,
  ]);
  const summary = h("button", { class: "summary", type: "button", "aria-controls": "filters", "aria-expanded": "false", onclick: () => open() });
  const open = (wide = !filters.classList.contains("open")): void => {
    filters.classList.toggle("open", wide);
    summary.setAttribute("aria-expanded", String(wide));
  };
  const element = h(
    "header",
    { class: "bar", onkeydown: (event: KeyboardEvent) => event.key === "Escape" && (open(false), filters.contains(document.activeElement) && summary.focus()) },
    h("div", { class: "brand" }, h("img", { src: folder?.icon ?? `${root}/assets/icon.svg`, alt: t("app.name") }), h("span", { "aria-hidden": "true" }, t("app.name"))),
    summary,
    filters,
    tools,
  );
  document.addEventListener("pointerdown", (event) => {
    if (!element.contains(event.target as Node)) open(false);
  });

  return {
    element,
    render(model) {
      const { state } = model;
      operation.set((model.operations ?? []).map(({ id, name }) => ({ value: id, label: name })), state.op);
      const sectors = model.operation?.sectors ?? [];
      sector.set(sectors.map(({ code }) => ({ value: code, label: sectorName(model.operation, code) })), state.sector);
      const levels = (model.operation?.levels ?? []).filter((one) => one.level > 0);
      level.set(levels.map((one) => ({ value: String(one.level), label: levelName(model.operation, one.level) })), String(model.level));
      measure.set(MEASURES.filter((one) => !folder || !MEASURE[one].space).map((value) => ({ value, label: measureName({ measure: value, basis: state.basis }) })), state.measure);
      months.render(model);
      find.render(model);
      refill(
        summary,
        h("span", null, h("span", { class: "first" }, measureName(state)), h("span", { class: "second" }, beside([...unusualWords(state), sectorName(model.operation, state.sector), periodName(state)]))),
        icon("filter"),
        h("span", { class: "reader" }, `, ${t("app.filters.open")}`),
      );
    },
  };
}

/** Choosing a measure of space also shows what it is made of. */
function measured(state: State, measure: Measure): Partial<State> {
  const wanted = ({ sites: ["service-areas", "sites"], uncovered: ["service-areas"], shared: ["service-areas"] } as const)[measure as "sites"] ?? [];
  return { measure, only: [], overlays: [...new Set([...state.overlays, ...wanted])] };
}
