/** What was imported: every submission, its report, and the way back. */

import { DATA, h, refill } from "../dom";
import * as format from "../format";
import { many, t } from "../i18n";
import * as client from "./client";
import type { Short } from "./client";
import type { Part, Place } from "./view";
import { kindName, said } from "./words";

export function history(place: Place): Part {
  const { op, store } = place;
  const fault = h("p", { class: "fault card", role: "alert", hidden: true });
  const result = h("p", { class: "notice plain", role: "status", tabindex: -1, hidden: true });
  const body = h("tbody", { role: "rowgroup" });
  const nothing = h("div", { class: "empty", hidden: true }, h("strong", null, t("history.none")), t("history.none.do"));
  const table = h(
    "table",
    // On a phone its rows are cards: the roles keep it a table for readers.
    { class: "history", role: "table" },
    h("caption", { class: "reader" }, t("import.tab.history")),
    h("thead", { role: "rowgroup" }, h("tr", { role: "row" }, (["file", "kind", "at", "rows", "revision"] as const).map((name) => h("th", { scope: "col", role: "columnheader", class: name }, t(`history.${name}`))), h("th", { scope: "col", role: "columnheader" }, h("span", { class: "reader" }, t("history.acts"))))),
    body,
  );
  const element = h("div", { class: "card wide" }, h("h2", null, t("import.tab.history")), h("p", { class: "soft" }, t("history.why")), fault, result, h("div", { class: "history-box" }, table), nothing);

  const failed = (error: unknown): void => {
    refill(fault, place.failed(error));
    fault.hidden = false;
  };

  async function load(): Promise<void> {
    try {
      // A file that said nothing new was committed too, but made nothing that could be taken back.
      const all = (await client.list(op)).filter((one) => one.state === "committed" && /^\d+$/.test(one.id)).sort((a, b) => Number(b.id) - Number(a.id));
      const ofId = new Map(all.map((one) => [one.id, one]));
      refill(body, all.map((one) => row(one, ofId)));
      table.hidden = all.length === 0;
      nothing.hidden = all.length > 0;
    } catch (error) {
      failed(error);
    }
  }

  function row(one: Short, ofId: ReadonlyMap<string, Short>): HTMLElement {
    const stem = one.file.replace(/\.[^.]*$/, "");
    const save = (kind: "csv" | "xlsx"): HTMLElement => h("button", { class: "button plain", type: "button", "data-format": kind, onclick: () => void client.download(op, one.id, kind, `${stem}-report.${kind}`).catch(failed) }, kind.toUpperCase(), h("span", { class: "reader" }, ` ${t(`report.${kind}`)}: ${one.file}`));
    const undone = one.rolled_back !== undefined && one.rolled_back !== null;
    const isFile = client.fileKind(one.kind) !== null;
    const cell = (name: "kind" | "at" | "rows" | "revision", words: string): HTMLElement => h("td", { class: name, role: "cell", "data-label": t(`history.${name}`) }, words);
    return h(
      "tr",
      { class: undone ? "undone" : null, role: "row" },
      h("th", { scope: "row", role: "rowheader" }, isFile ? h("button", { class: "button plain", type: "button", onclick: () => store.set({ importing: one.id }), ...DATA }, nameOf(one, ofId)) : titleOf(one, ofId)),
      cell("kind", one.kind ? kindName(one.kind) : format.DASH),
      cell("at", format.moment(one.at)),
      // A rollback and a decision have no rows of their own.
      cell("rows", isFile ? format.exact(one.rows_current) : format.DASH),
      cell("revision", format.exact(one.revision)),
      h("td", { class: "do", role: "cell" }, h("div", { class: "acts" }, isFile && [save("xlsx"), save("csv")], one.kind !== "rollback" && back(one, ofId))),
    );
  }

  /** A file's name, with its sheet where others of the file were sent too. */
  function nameOf(one: Short, ofId: ReadonlyMap<string, Short>): string {
    const isOne = [...ofId.values()].every((other) => other.file !== one.file || other.sheet === one.sheet);
    return isOne || !one.sheet ? one.file : `${one.file} · ${one.sheet}`;
  }

  /** What something that is no file did. */
  function titleOf(one: Short, ofId: ReadonlyMap<string, Short>): string {
    if (one.kind === "review") return many("history.decisions", one.decisions ?? 1);
    const undoes = ofId.get(String(one.undoes ?? ""));
    return t(undoes?.kind === "rollback" ? "history.brought-back" : "history.rolled-back", { file: undoes?.kind === "review" ? titleOf(undoes, ofId) : undoes ? nameOf(undoes, ofId) : one.file });
  }

  /** Takes out what a file added, or brings it back where that was done. Asked twice, as it changes what everybody sees. */
  function back(one: Short, ofId: ReadonlyMap<string, Short>): HTMLElement {
    const undone = one.rolled_back !== undefined && one.rolled_back !== null;
    // To bring it back is to roll its rollback back.
    const target = undone ? [...ofId.values()].find((other) => other.kind === "rollback" && String(other.undoes) === one.id && other.revision === one.rolled_back) : one;
    const words = t(undone ? "history.bring-back" : "import.undo");
    const name = client.fileKind(one.kind) === null ? titleOf(one, ofId) : nameOf(one, ofId);
    const cell = h("span", { class: "acts" });
    if (!target) return cell;
    const ask = (): void => {
      refill(
        cell,
        h("span", { class: "soft" }, t(undone ? "history.sure-back" : "history.sure", { file: name })),
        h("button", { class: undone ? "button primary" : "button danger", type: "button", onclick: () => void roll() }, words),
        h("button", { class: "button", type: "button", onclick: () => calm(true) }, t(undone ? "history.leave" : "history.no")),
      );
      cell.querySelector("button")?.focus();
    };
    const calm = (focus = false): void => {
      refill(
        cell,
        undone && h("span", { class: "soft" }, t("history.undone", { revision: format.exact(one.rolled_back) })),
        h("button", { class: "button", type: "button", "aria-label": `${words}: ${name}`, onclick: ask }, words),
      );
      if (focus) cell.querySelector("button")?.focus();
    };
    const roll = async (): Promise<void> => {
      try {
        const done = await client.rollback(op, target.id);
        place.changed({ op, rows: 0, revision: 0, submission: null });
        place.say(said(done.said));
        refill(result, said(done.said));
        result.hidden = false;
        await load();
        // The button that was pressed is gone.
        result.focus();
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
