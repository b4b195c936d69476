/** The lines behind a figure, each opening into the rows of the files it was read from. */

import { ENGLISH, h } from "../dom";
import * as format from "../format";
import { beside, maybe, t } from "../i18n";
import type { Line, LineRow, Lines, Operation } from "../types";
import { groupName, plain, sectorName } from "../words";

const FIRST = 12;

export function lineList(found: Lines, operation: Operation | null): HTMLElement {
  if (found.lines.length === 0) return h("p", { class: "soft" }, t("profile.lines.none"));
  // What made the figure first; what was left out after it.
  const lines = [...found.lines].sort((a, b) => b.contribution - a.contribution || (b.standard ?? -1) - (a.standard ?? -1));
  const list = h("div", { class: "lines" }, lines.slice(0, FIRST).map((line) => one(line, operation)));
  const rest = lines.length - FIRST;
  const more =
    rest > 0 &&
    h(
      "button",
      {
        class: "button plain",
        type: "button",
        onclick: (event: Event) => {
          list.append(...lines.slice(FIRST).map((line) => one(line, operation)));
          (event.currentTarget as HTMLElement).remove();
          (list.children[FIRST]?.querySelector("summary") as HTMLElement | null)?.focus();
        },
      },
      t("profile.lines.more", { count: format.exact(rest) }),
    );
  return h("div", null, found.rule && h("p", { class: "rule", ...ENGLISH }, found.rule), list, more);
}

function one(line: Line, operation: Operation | null): HTMLElement {
  const name = line.partner_name ?? line.partner;
  const what = beside([line.activity_type ? plain(line.activity_type) : t("profile.activity.none"), line.sector && sectorName(operation, line.sector), line.location ?? line.area_name, line.group !== "all" && groupName(line.group)]);
  const given = line.standard === null ? t("profile.lines.silent") : line.counted_in_standard ? t("profile.lines.counted", { count: format.exact(line.contribution) }) : t("profile.lines.not");
  return h(
    "details",
    { class: "line" },
    h("summary", null, h("span", null, h("bdi", { class: "who" }, name), " ", h("span", { class: "what" }, what)), h("span", { class: line.counted_in_standard && line.standard !== null ? "given" : "given soft" }, given)),
    line.why && h("p", { class: "why", ...ENGLISH }, line.why),
    h(
      "div",
      { class: "rows", tabindex: 0, role: "region", "aria-label": t("profile.rows", { line: name }) },
      h(
        "table",
        null,
        h("thead", null, h("tr", null, (["reached", "dates", "source", "why"] as const).map((key) => h("th", { scope: "col" }, t(`profile.row.${key}`))))),
        h("tbody", null, line.rows.map(row)),
      ),
    ),
  );
}

function row(one: LineRow): HTMLElement {
  return h(
    "tr",
    { class: one.counts ? null : "uncounted" },
    h("td", null, format.exact(one.reached)),
    h("td", null, format.days(one.start_date, one.end_date), one.status && h("div", { class: "soft" }, maybe(`row.${one.status}`, plain(one.status)))),
    h("td", null, one.file ? t("profile.row.where", { file: one.file, row: one.row }) : format.DASH),
    h("td", null, one.counts ? t("profile.row.yes") : t("profile.row.no"), one.why && h("div", { class: "soft", ...ENGLISH }, one.why)),
  );
}
