/** One import: what was found in the file, the mapping above its first rows, the report, and what to do next. */

import { h, icon, refill } from "../dom";
import * as format from "../format";
import { many, t } from "../i18n";
import * as client from "./client";
import type { Change, Document } from "./client";
import { mapping } from "./mapping";
import { report } from "./report";
import type { Part, Place } from "./view";
import { kindPicker, meter, sizeOf, stepName } from "./words";

export function detail(place: Place, id: string): Part {
  const { op, store } = place;
  let doc: Document | null = null;
  let closed = false;
  /** Which column's list was changed last: the keyboard goes back to it. */
  let touched = "";

  const top = h("header", { class: "doc-head" });
  const busy = h("div", { class: "doc-busy", hidden: true, role: "status" });
  const fault = h("p", { class: "fault card", role: "alert", hidden: true });
  const done = h("div", { class: "done card", role: "status", hidden: true });
  const found = h("div");
  const columns = h("div");
  const told = h("div");
  const foot = h("div", { class: "import-foot" });
  const element = h("article", { class: "doc" }, top, busy, fault, done, found, columns, told, foot);

  const failed = (error: unknown): void => {
    fault.textContent = place.failed(error);
    fault.hidden = false;
    busy.hidden = true;
    fault.scrollIntoView({ block: "nearest" });
  };

  async function load(): Promise<void> {
    try {
      await follow(await client.one(op, id));
    } catch (error) {
      if (!closed) failed(error);
    }
  }

  /** Shows the import, and how far it is while something is being done with it. */
  async function follow(now: Document): Promise<void> {
    draw(now);
    if (!client.busy(now)) return;
    const wait = (step: Document): void => {
      if (closed) return;
      busy.hidden = false;
      refill(busy, meter(step.share ?? null, stepName(step)));
    };
    wait(now);
    const end = await client.settled(op, now, wait);
    if (!closed) draw(end);
  }

  async function change(what: Change, from = ""): Promise<void> {
    touched = from;
    fault.hidden = true;
    busy.hidden = false;
    refill(busy, meter(null, t("import.step.reading")));
    try {
      await follow(await client.change(op, id, what));
      if (doc?.counts && !closed) place.say(t("import.again", { accepted: format.exact(doc.counts.accepted + doc.counts.accepted_with_warnings), rows: format.exact(doc.counts.rows) }));
    } catch (error) {
      if (closed) return;
      // The server left the draft as it was: so does the page.
      if (doc) draw(doc);
      failed(error);
    }
  }

  async function commit(): Promise<void> {
    if (!doc) return;
    fault.hidden = true;
    for (const button of foot.querySelectorAll("button")) button.disabled = true;
    try {
      const sent = client.commit(op, id);
      void follow({ ...doc, state: "committing", step: "comparing", rows_done: 0, share: null }).catch(() => undefined);
      const end = await sent;
      const rows = (end.changes?.new ?? 0) + (end.changes?.changed ?? 0);
      place.changed({ op, rows, revision: end.revision ?? 0, submission: end.submission ?? null });
      place.say(t("import.done", { rows: format.exact(rows), file: end.file }));
      if (!closed) draw(end);
    } catch (error) {
      if (closed) return;
      failed(error);
      const words = fault.textContent;
      await load();
      fault.textContent = words;
      fault.hidden = false;
    }
  }

  async function discard(): Promise<void> {
    try {
      await client.discard(op, id);
      store.set({ importing: "files" });
    } catch (error) {
      failed(error);
    }
  }

  async function undo(): Promise<void> {
    const number = doc?.submission;
    if (!number) return;
    try {
      const back = await client.rollback(op, String(number));
      place.changed({ op, rows: 0, revision: 0, submission: null });
      place.say(back.said);
      store.set({ importing: "history" });
    } catch (error) {
      failed(error);
    }
  }

  function draw(now: Document): void {
    doc = now;
    busy.hidden = !client.busy(now);
    fault.hidden = !now.error;
    fault.textContent = now.error ?? "";
    const isDraft = now.state === "ready";
    const facts = [now.bytes ? sizeOf(now.bytes) : null, now.format, now.at ? format.day(now.at) : null].filter(Boolean);
    refill(
      top,
      h("button", { class: "button plain", type: "button", onclick: () => store.set({ importing: isDraft ? "files" : "history" }) }, icon("before", "turns"), t(isDraft ? "import.to.files" : "import.tab.history")),
      h("h2", null, now.file),
      h("p", { class: "soft" }, facts.join(" · ")),
      isDraft && h("div", { class: "kind" }, h("span", null, t("import.kind")), kindPicker(client.fileKind(now.kind), t("import.kind.of", { file: now.file }), (kind) => void change({ kind })), now.kind_reason && h("span", { class: "soft" }, t("import.because", { reason: now.kind_reason }))),
    );
    drawDone(now);
    if (now.columns) {
      const scroll = columns.querySelector(".first-rows")?.scrollLeft ?? 0;
      refill(found, isDraft && foundBox(now, (what) => void change(what)));
      refill(columns, mapping(now, isDraft ? (what, from) => void change(what, from) : null));
      const table = columns.querySelector(".first-rows");
      if (table) table.scrollLeft = scroll;
      refill(told, report(now, (kind) => void client.download(op, now.id, kind, `${now.file.replace(/\.[^.]*$/, "")}-report.${kind}`).catch(failed), (submission) => void change({ replaces: submission })));
      if (touched) element.querySelector<HTMLElement>(`[data-column="${CSS.escape(touched)}"]`)?.focus({ preventScroll: true });
    }
    drawFoot(now);
  }

  function drawDone(now: Document): void {
    const committed = now.state === "committed" && now.changes !== undefined;
    done.hidden = !committed;
    if (!committed) return;
    const rows = (now.changes?.new ?? 0) + (now.changes?.changed ?? 0);
    refill(
      done,
      h("h3", null, rows > 0 ? many("import.done.rows", rows) : t("import.done.nothing")),
      h("p", { class: "soft" }, t("import.done.revision", { revision: format.exact(now.revision ?? 0) })),
      h("div", { class: "acts" }, h("button", { class: "button primary", type: "button", onclick: () => store.set({ importing: null, draft: null }) }, t("import.map")), h("button", { class: "button", type: "button", onclick: () => store.set({ importing: "files" }) }, t("import.more")), now.submission && h("button", { class: "button", type: "button", onclick: () => void undo() }, t("import.undo"))),
    );
    done.scrollIntoView({ block: "nearest" });
  }

  function drawFoot(now: Document): void {
    foot.hidden = now.state !== "ready";
    const rows = (now.changes?.new ?? 0) + (now.changes?.changed ?? 0);
    refill(
      foot,
      h("button", { class: "button", type: "button", onclick: () => void discard() }, t("import.discard")),
      h("span", { class: "grow soft" }, now.outdated ? t("import.outdated") : t("import.safe.short")),
      now.outdated && h("button", { class: "button", type: "button", onclick: () => void change({}) }, t("import.again.button")),
      h("button", { class: "button", type: "button", onclick: () => store.set({ importing: null, draft: now.id, area: null, level: null, view: null }) }, t("import.see")),
      h("button", { class: "button primary", type: "button", onclick: () => void commit() }, rows > 0 ? many("import.commit", rows) : t("import.commit.nothing")),
    );
  }

  void load();
  return { element, close: () => void (closed = true) };
}

/** Sheet and header row, and why they were taken; both can be changed. */
function foundBox(doc: Document, change: (what: Change) => void): HTMLElement {
  const sheets = doc.sheets ?? [];
  const sheet = h(
    "select",
    { class: "choice", id: "found-sheet", onchange: () => change({ sheet: sheet.value }) },
    sheets.map((one) => h("option", { value: one.name, selected: one.chosen }, one.rows === null ? one.name : `${one.name} (${many("import.rows", one.rows)})`)),
  );
  const row = h("input", { class: "choice", id: "found-row", type: "number", min: 1, value: doc.header_row ?? doc.hxl_row ?? "", onchange: () => change({ header_row: row.value === "" ? null : Number(row.value) }) });
  const isTable = doc.kind !== "areas" || sheets.length > 0;
  const level = h("select", { class: "choice", id: "found-level", onchange: () => change({ level: level.value === "" ? null : Number(level.value) }) }, h("option", { value: "" }, t("import.level.found")), [1, 2, 3, 4].map((one) => h("option", { value: one, selected: doc.asked?.level === one }, t("level.n", { level: one }))));
  const cycle = h("input", { class: "choice", id: "found-cycle", inputmode: "numeric", placeholder: t("import.cycle.found"), value: doc.asked?.cycle?.slice(0, 4) ?? "", onchange: () => change({ cycle: cycle.value.trim() || null }) });
  const field = (id: string, label: string, control: HTMLElement): HTMLElement => h("div", { class: "found-field" }, h("label", { for: id }, label), control);
  return h(
    "section",
    { class: "found card", "aria-labelledby": "found-title" },
    h("h3", { id: "found-title" }, t("import.found")),
    doc.choice && h("p", null, sentence(doc.choice)),
    h("div", { class: "found-fields" }, sheets.length > 1 && field("found-sheet", t("import.sheet"), sheet), isTable && field("found-row", t("import.header-row"), row), doc.kind === "areas" && field("found-level", t("import.level"), level), doc.kind === "needs" && field("found-cycle", t("import.cycle"), cycle)),
  );
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
