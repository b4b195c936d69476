/** What was imported: every submission, its report, and the way back. */

import { h, refill } from "../dom";
import * as format from "../format";
import { t } from "../i18n";
import * as client from "./client";
import type { Short } from "./client";
import type { Part, Place } from "./view";
import { kindName } from "./words";

export function history(place: Place): Part {
  const { op, store } = place;
  const fault = h("p", { class: "fault card", role: "alert", hidden: true });
  const result = h("p", { class: "notice plain", role: "status", hidden: true });
  const body = h("tbody");
  const nothing = h("div", { class: "empty", hidden: true }, h("strong", null, t("history.none")), t("history.none.do"));
  const table = h(
    "table",
    { class: "history" },
    h("caption", { class: "reader" }, t("import.tab.history")),
    h("thead", null, h("tr", null, (["file", "kind", "at", "rows", "revision"] as const).map((name) => h("th", { scope: "col", class: name }, t(`history.${name}`))), h("th", { scope: "col" }, h("span", { class: "reader" }, t("history.acts"))))),
    body,
  );
  const element = h("div", { class: "card wide" }, h("h2", null, t("import.tab.history")), h("p", { class: "soft" }, t("history.why")), fault, result, h("div", { class: "history-box" }, table), nothing);

  const failed = (error: unknown): void => {
    fault.textContent = place.failed(error);
    fault.hidden = false;
  };

  async function load(): Promise<void> {
    try {
      const all = (await client.list(op)).filter((one) => one.state === "committed");
      refill(body, all.map(row));
      table.hidden = all.length === 0;
      nothing.hidden = all.length > 0;
    } catch (error) {
      failed(error);
    }
  }

  function row(one: Short): HTMLElement {
    const stem = one.file.replace(/\.[^.]*$/, "");
    const save = (kind: "csv" | "xlsx"): HTMLElement => h("button", { class: "button plain", type: "button", "aria-label": `${t(`report.${kind}`)}: ${one.file}`, onclick: () => void client.download(op, one.id, kind, `${stem}-report.${kind}`).catch(failed) }, kind.toUpperCase());
    const undone = one.rolled_back !== undefined && one.rolled_back !== null;
    const isFile = client.fileKind(one.kind) !== null;
    return h(
      "tr",
      { class: undone ? "undone" : null },
      h("th", { scope: "row" }, isFile ? h("button", { class: "button plain", type: "button", onclick: () => store.set({ importing: one.id }) }, one.file) : one.file),
      h("td", null, one.kind ? kindName(one.kind) : format.DASH),
      h("td", null, format.day(one.at)),
      h("td", { class: "rows" }, one.rows_current === undefined ? format.DASH : format.exact(one.rows_current)),
      h("td", { class: "revision" }, format.exact(one.revision)),
      h("td", null, h("div", { class: "acts" }, isFile && [save("xlsx"), save("csv")], undone ? h("span", { class: "soft" }, t("history.undone", { revision: format.exact(one.rolled_back) })) : back(one))),
    );
  }

  /** Asked twice, as it changes what everybody sees. */
  function back(one: Short): HTMLElement {
    const cell = h("span");
    const ask = (): void => {
      refill(
        cell,
        h("span", { class: "soft" }, t("history.sure", { file: one.file }), " "),
        h("button", { class: "button danger", type: "button", onclick: () => void roll() }, t("history.yes")),
        h("button", { class: "button", type: "button", onclick: () => calm(true) }, t("history.no")),
      );
      cell.querySelector("button")?.focus();
    };
    const calm = (focus = false): void => {
      refill(cell, h("button", { class: "button", type: "button", "aria-label": `${t("import.undo")}: ${one.file}`, onclick: ask }, t("import.undo")));
      if (focus) cell.querySelector("button")?.focus();
    };
    const roll = async (): Promise<void> => {
      try {
        const { said } = await client.rollback(op, one.id);
        place.changed({ op, rows: 0, revision: 0, submission: null });
        place.say(said);
        result.textContent = said;
        result.hidden = false;
        await load();
      } catch (error) {
        calm(true);
        failed(error);
      }
    };
    calm();
    return cell;
  }

  void load();
  return { element };
}
