/** What became of the rows: counts first, then what is wrong with examples, in the words of who filled them in. */

import { h } from "../dom";
import * as format from "../format";
import { listed, many, maybe, t } from "../i18n";
import { plain } from "../words";
import type { Changes, Counts, Document, Issue } from "./client";
import { fieldName, said } from "./words";

export function report(doc: Document, download: (kind: "csv" | "xlsx") => void, replace: (submission: number | null) => void): HTMLElement {
  const { counts, changes, placed = [], remarks = [], earlier } = doc;
  const issues = [...(doc.issues ?? [])].sort((a, b) => Number(b.rejects) - Number(a.rejects) || b.count - a.count);
  const save = (kind: "csv" | "xlsx"): HTMLElement => h("button", { class: "button", type: "button", onclick: () => download(kind) }, t(`report.${kind}`));
  return h(
    "section",
    { class: "report card", "aria-labelledby": "report-title" },
    h("div", { class: "card-head" }, h("h3", { id: "report-title" }, t("report.title")), h("div", { class: "acts" }, save("xlsx"), save("csv"))),
    counts && outcomes(counts),
    changes && differences(changes, doc.differences ?? []),
    earlier &&
      h(
        "div",
        { class: "notice plain" },
        h("span", null, again(earlier)),
        h("button", { class: "button", type: "button", onclick: () => replace(earlier.submission) }, t("report.replace")),
      ),
    doc.asked?.replaces != null && h("div", { class: "notice plain" }, h("span", null, t("report.replaces", { submission: doc.asked.replaces })), h("button", { class: "button", type: "button", onclick: () => replace(null) }, t("report.keep"))),
    placed.some((count) => count > 0) && h("p", { class: "placed" }, t("report.placed"), " ", levels(placed)),
    issues.length > 0 ? h("ul", { class: "issues" }, issues.map((issue, at) => h("li", null, problem(issue, at === 0 || (at < 3 && issue.rejects))))) : h("p", { class: "good" }, t("report.clean")),
    remarks.length > 0 && h("div", { class: "remarks" }, h("h4", null, t("report.remarks")), h("ul", null, remarks.map((remark) => h("li", null, said(remark))))),
  );
}

/** What a file has of the one that it looks like a correction of. */
function again({ file, at, shared, near, differs, missing }: NonNullable<Document["earlier"]>): string {
  const counts = { file, date: format.day(at), shared: format.exact(shared), missing: format.exact(missing) };
  if (near === 0) return t("report.earlier", counts);
  return t("report.earlier.near", { ...counts, near: format.exact(near), differs: listed(differs.map((one) => maybe(`differs.${one}`, plain(one)))) });
}

/** Every row is in exactly one part of the bar. */
function outcomes({ rows, accepted, accepted_with_warnings, rejected, copies }: Counts): HTMLElement {
  const parts = [
    { kind: "accepted", count: accepted },
    { kind: "warned", count: accepted_with_warnings },
    { kind: "rejected", count: rejected },
  ] as const;
  return h(
    "div",
    { class: "outcomes" },
    h("p", { class: "headline" }, h("strong", null, format.exact(rows)), ` ${many("report.rows", rows)}`),
    h("div", { class: "split", "aria-hidden": "true" }, parts.filter(({ count }) => count > 0).map(({ kind, count }) => h("span", { class: kind, style: { "flex-grow": String(count) } }))),
    h("dl", null, parts.map(({ kind, count }) => h("div", { class: kind }, h("dt", null, t(`report.${kind}`)), h("dd", null, format.exact(count), h("span", { class: "soft" }, rows > 0 ? ` ${format.percent(count / rows)}` : ""))))),
    copies > 0 && h("p", { class: "soft" }, many("report.copies", copies)),
  );
}

function differences(changes: Changes, rows: NonNullable<Document["differences"]>): HTMLElement {
  const kinds = ["new", "changed", "unchanged", "gone"] as const;
  return h(
    "div",
    { class: "differences" },
    h("h4", null, t("report.changes")),
    h("dl", null, kinds.map((kind) => h("div", { class: changes[kind] > 0 ? kind : `${kind} none` }, h("dt", null, t(`report.${kind}`)), h("dd", null, format.exact(changes[kind]))))),
    // Of a file that is all new, its own rows say nothing that is not above.
    changes.changed + changes.gone > 0 && changed(rows.filter((row) => row.happens !== "new")),
  );
}

/** Row by row what changes and what goes, before and after. */
function changed(rows: NonNullable<Document["differences"]>): HTMLElement | null {
  if (rows.length === 0) return null;
  const words = ({ before, after }: { before: string; after: string }): Node[] => [before !== "" && h("del", null, before), after !== "" && h("ins", null, after)].filter((one) => one !== false);
  return h(
    "details",
    { class: "rows-differ" },
    h("summary", null, many("report.differ", rows.length)),
    h(
      "div",
      { class: "examples" },
      h(
        "table",
        null,
        h("thead", null, h("tr", null, (["row", "happens", "what", "fields"] as const).map((name) => h("th", { scope: "col" }, t(`report.differ.${name}`))))),
        h("tbody", null, rows.map((row) => h("tr", null, h("td", null, row.row), h("td", null, t(`report.${row.happens}`)), h("td", null, h("bdi", null, row.what)), h("td", null, row.happens === "changed" ? h("ul", null, row.fields.map((one) => h("li", null, `${fieldName(one.field)}: `, words(one)))) : null)))),
      ),
    ),
  );
}

function levels(placed: readonly number[]): string {
  const words = placed.map((count, level) => (count > 0 ? t(level === 0 ? "report.placed.operation" : "report.placed.level", { count: format.exact(count), level }) : null));
  return listed(words.reverse());
}

function problem({ message, remedy, count, rejects, examples }: Issue, open: boolean): HTMLElement {
  return h(
    "details",
    { class: rejects ? "issue rejects" : "issue", open },
    h("summary", null, h("span", { class: "weight" }, t(rejects ? "report.issue.rejected" : "report.issue.warning")), h("span", { class: "times" }, format.exact(count)), h("span", { class: "message" }, said(message))),
    h("p", null, h("strong", null, t("report.remedy")), " ", said(remedy)),
    examples.length > 0 &&
      h(
        "div",
        { class: "examples" },
        h(
          "table",
          null,
          h("thead", null, h("tr", null, (["row", "column", "value", "detail"] as const).map((name) => h("th", { scope: "col" }, t(`report.example.${name}`))))),
          h("tbody", null, examples.map((one) => h("tr", null, h("td", null, format.exact(one.row)), h("td", null, h("bdi", null, one.column || format.DASH)), h("td", { class: "value" }, h("bdi", null, one.value === "" || one.value === '""' ? t("report.blank") : one.value)), h("td", null, said(one.detail))))),
        ),
      ),
  );
}
