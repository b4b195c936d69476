/** The first rows of a file, and above each column what it was understood as, how sure, and why. */

import { DATA, h, refill } from "../dom";
import { beside, listed, many, t } from "../i18n";
import type { Change, Column, Document } from "./client";
import { fieldName, said, surety } from "./words";

/** Fields without which a kind says little. */
const WANTED: Record<string, readonly string[]> = {
  activities: ["partner", "sector", "activity_type", "start_date", "reached"],
  needs: ["sector", "in_need"],
  population: ["population"],
  sites: ["name", "type", "latitude", "longitude"],
  areas: [],
};

/** Whether all columns are shown, or those that say something; kept while the view lives. */
let everything = false;

export function mapping(doc: Document, change: ((what: Change, from: string) => void) | null): HTMLElement {
  const columns = doc.columns ?? [];
  const rows = doc.preview ?? [];
  const used = columns.filter((column) => column.field !== null);
  const doubtful = used.filter((column) => surety(column) === "low").length;
  const missing = (WANTED[doc.kind ?? ""] ?? []).filter((name) => !columns.some((column) => column.field === name));
  const box = h("div", { class: "first-rows", tabindex: 0, role: "region", "aria-label": t("mapping.rows") });
  const toggle = h("button", { class: "button plain", type: "button", onclick: () => ((everything = !everything), draw()) });

  function draw(): void {
    const shown = columns.filter((column) => everything || column.field !== null || column.personal || corrected(column));
    toggle.textContent = everything ? t("mapping.used-only") : t("mapping.all", { count: columns.length });
    refill(
      box,
      h(
        "table",
        null,
        h("caption", { class: "reader" }, t("mapping.rows")),
        h("thead", null, h("tr", null, h("th", { scope: "col", class: "number" }, t("mapping.row")), shown.map((column) => head(column)))),
        h("tbody", null, rows.map((row) => h("tr", null, h("th", { scope: "row", class: "number" }, row.row), shown.map((column) => cell(column, row.cells[columns.indexOf(column)] ?? ""))))),
      ),
    );
  }

  /** By its header, where that says which one it is, else by its letters. */
  function keyOf(column: Column): string {
    const same = columns.filter((one) => one.header === column.header).length;
    return column.header && same === 1 ? column.header : column.letters;
  }
  const corrected = (column: Column): boolean => doc.asked !== undefined && keyOf(column) in doc.asked.columns;

  function head(column: Column): HTMLElement {
    const title = column.header || column.tag || column.letters;
    const key = keyOf(column);
    const state = column.personal ? "personal" : column.field === null ? "unused" : surety(column);
    const select = h(
      "select",
      { class: "choice", "data-column": key, disabled: change === null, "aria-label": t("mapping.is", { letters: column.letters, header: title }), onchange: () => change?.({ columns: { [key]: select.value || null } }, key) },
      h("option", { value: "", selected: column.field === null }, t(column.personal ? "mapping.personal" : "mapping.none")),
      (doc.fields ?? []).map((field) => h("option", { value: field.name, selected: field.name === column.field, title: field.doc }, fieldName(field.name))),
    );
    return h(
      "th",
      { scope: "col", class: state },
      h("span", { class: "letters" }, column.letters),
      h("span", { class: "written", ...DATA, title: beside([column.header, column.tag]) }, title),
      select,
      h("span", { class: "sure" }, t(`mapping.${state}`)),
      h("span", { class: "why" }, said(column.reason)),
      change && corrected(column) && h("button", { class: "button plain", type: "button", onclick: () => change({ columns: { [key]: "auto" } }, key) }, t("mapping.undo")),
    );
  }

  function cell(column: Column, text: string): HTMLElement {
    const state = column.personal ? "personal" : column.field === null ? "unused" : null;
    return h("td", { class: state, title: text.length > 24 ? text : null }, h("div", DATA, text));
  }

  draw();
  const notes = [many("mapping.count", used.length, { all: columns.length }), doubtful > 0 && many("mapping.doubtful", doubtful), missing.length > 0 && t("mapping.missing", { fields: listed(missing.map(fieldName)) })];
  return h(
    "section",
    { class: "mapping card", "aria-labelledby": "mapping-title" },
    h("div", { class: "card-head" }, h("h3", { id: "mapping-title" }, t("mapping.title")), rows.length > 0 && columns.length > used.length && toggle),
    h("p", { class: "soft" }, notes.filter(Boolean).join(" ")),
    doc.dropped_personal && doc.dropped_personal.length > 0 && h("p", { class: "notice plain" }, t("mapping.dropped", { columns: listed(doc.dropped_personal) })),
    rows.length > 0 ? box : h("ul", { class: "plain-columns" }, used.map((column) => h("li", null, h("strong", null, h("bdi", null, column.header || column.letters)), " ", h("span", { class: "turns" }, "→"), " ", fieldName(column.field ?? "")))),
  );
}
