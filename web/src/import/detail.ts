/** One import: what was found in the file, the mapping above its first rows, the report, and what to do next. */

import { Refused } from "../api";
import { DATA, ENGLISH, h, icon, refill } from "../dom";
import * as format from "../format";
import { beside, many, t } from "../i18n";
import * as client from "./client";
import type { Change, Document } from "./client";
import { mapping } from "./mapping";
import { report } from "./report";
import type { Part, Place } from "./view";
import { kindPicker, meter, sizeOf, said, stepName, told as inWords } from "./words";

export function detail(place: Place, id: string): Part {
  const { op, store } = place;
  let doc: Document | null = null;
  let closed = false;
  /** Which column's list was changed last: the keyboard goes back to it. */
  let touched = "";

  const top = h("header", { class: "doc-head" });
  /** Why it is not committed yet: no fault of anybody's. */
  const notice = h("p", { class: "notice plain", role: "status", hidden: true });
  const fault = h("p", { class: "fault card", role: "alert", hidden: true });
  const done = h("div", { class: "done card", role: "status", hidden: true });
  const found = h("div");
  const columns = h("div");
  const told = h("div");
  const foot = h("div", { class: "import-foot", hidden: true });
  const element = h("article", { class: "doc" }, top, fault, notice, done, found, columns, told);

  const failed = (error: unknown): void => {
    refill(fault, place.failed(error));
    fault.hidden = false;
    fault.scrollIntoView({ block: "nearest" });
  };

  async function load(): Promise<void> {
    try {
      await follow(await client.one(op, id));
      // What was committed since is taken into account before anybody decides.
      if (doc?.outdated && doc.state === "ready" && !closed) await follow(await client.current(op, id, working));
    } catch (error) {
      if (closed) return;
      // What was under way is over, and what can be done with it can be done again.
      if (doc) draw(doc);
      failed(error);
    }
  }

  /** Shows the import, and how far it is while something is being done with it. */
  async function follow(now: Document): Promise<void> {
    if (closed) return;
    draw(now);
    if (!client.busy(now)) return;
    working(now);
    const end = await client.settled(op, now, working);
    if (!closed) draw(end);
  }

  /** How far it is, in the bar below, which is always there: nothing of the report moves. */
  function working(step: Document): void {
    if (closed || !client.busy(step)) return;
    foot.hidden = false;
    const place_ = foot.querySelector(".grow");
    for (const button of foot.querySelectorAll("button")) button.disabled = true;
    const bar = meter(step.share ?? null, stepName(step));
    if (place_) refill(place_, bar);
    else refill(foot, h("div", { class: "grow", role: "status" }, bar));
  }

  async function change(what: Change, from = ""): Promise<void> {
    touched = from;
    fault.hidden = true;
    notice.hidden = true;
    if (doc) working({ ...doc, state: "reading", step: "reading", rows_done: 0, share: null });
    try {
      await follow(await client.reread(op, id, what, working));
      if (doc?.counts && !closed) place.say(t("import.again", { accepted: format.exact(doc.counts.accepted + doc.counts.accepted_with_warnings), rows: format.exact(doc.counts.rows) }));
    } catch (error) {
      if (closed) return;
      // The server left the draft as it was: so does the page.
      if (doc) draw(doc);
      failed(error);
    }
  }

  async function commit(): Promise<void> {
    const before = doc;
    if (!before) return;
    fault.hidden = true;
    notice.hidden = true;
    working({ ...before, state: "reading", step: "comparing", rows_done: 0, share: null });
    try {
      // Somebody else may have committed meanwhile: nobody commits what they did not see.
      const now = await client.current(op, id, working);
      if (closed) return;
      const seen = JSON.stringify([before.changes, before.counts]);
      if (now.state !== "ready" || JSON.stringify([now.changes, now.counts]) !== seen) return moved(now);
      const sent = client.commit(op, id, () => closed || remark(t("import.unsure")));
      void follow({ ...before, state: "committing", step: "comparing", rows_done: 0, share: null }).catch(() => undefined);
      await committed(await sent);
    } catch (error) {
      if (closed) return;
      await refused(error, before).catch(failed);
    }
  }

  async function committed(end: Document): Promise<void> {
    const rows = (end.changes?.new ?? 0) + (end.changes?.changed ?? 0);
    place.changed({ op, rows, revision: end.revision ?? 0, submission: end.submission ?? null, files: [end.file] });
    place.say(t("import.done", { rows: format.exact(rows), file: end.file }));
    if (closed) return;
    notice.hidden = true;
    draw(end);
    const names = await place.waiting();
    if (names > 0 && !closed) done.append(h("p", { class: "soft" }, many("import.wait", names)), h("button", { class: "button", type: "button", onclick: () => store.set({ importing: "review" }) }, t("import.wait.go")));
  }

  /** A commit did not happen: what is seen is what there is, and what can be done with it. */
  async function refused(error: unknown, before: Document): Promise<void> {
    draw(before);
    if (error instanceof client.NotCommitted) return remark(t("import.not-committed"));
    if (error instanceof Refused && error.status === 409) return moved(await client.current(op, id, working));
    if (error instanceof Refused && error.status !== 0) await load();
    failed(error);
  }

  function remark(words: string): void {
    notice.textContent = words;
    notice.hidden = false;
    place.say(words);
    notice.scrollIntoView({ block: "nearest" });
  }

  /** The operation has changed under the file: the new figures are shown, and what is to be done. */
  function moved(now: Document): void {
    draw(now);
    if (now.state !== "ready") return;
    fault.hidden = true;
    remark(t("import.moved"));
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
      place.say(said(back.said));
      store.set({ importing: "history" });
    } catch (error) {
      failed(error);
    }
  }

  function draw(now: Document): void {
    doc = now;
    const nothing = now.state === "ready" ? now.nothing_accepted : null;
    fault.hidden = !now.error && !nothing;
    refill(fault, nothing ? [h("strong", null, t("import.nothing")), " ", said(nothing)] : said(now.error ?? ""));
    const isDraft = now.state === "ready";
    const facts = beside([now.bytes ? sizeOf(now.bytes) : null, now.format, now.at ? format.moment(now.at) : null]);
    refill(
      top,
      h("button", { class: "button plain", type: "button", onclick: () => store.set({ importing: isDraft ? "files" : "history" }) }, icon("before", "turns"), t(isDraft ? "import.to.files" : "import.tab.history")),
      h("h2", DATA, now.file),
      h("p", { class: "soft" }, facts),
      isDraft && h("div", { class: "kind" }, h("span", null, t("import.kind")), kindPicker(client.fileKind(now.kind), t("import.kind.of", { file: now.file }), (kind) => void change({ kind })), now.kind_reason && h("span", { class: "soft" }, t("import.because"), " ", said(now.kind_reason))),
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
    const nothing = now.nothing_accepted != null;
    const stale = now.outdated === true;
    const rows = (now.changes?.new ?? 0) + (now.changes?.changed ?? 0);
    refill(
      foot,
      h("button", { class: "button", type: "button", onclick: () => void discard() }, t("import.discard")),
      h("div", { class: "grow soft", role: "status" }, t(stale ? "import.outdated" : nothing ? "import.nothing.short" : rows + (now.changes?.gone ?? 0) === 0 ? "import.known" : "import.safe.short")),
      !nothing && h("button", { class: "button", type: "button", disabled: stale, onclick: () => store.set({ importing: null, draft: now.id, area: null, level: null, view: null }) }, t("import.see")),
      !nothing && h("button", { class: "button primary", type: "button", disabled: stale, onclick: () => void commit() }, rows > 0 ? many("import.commit", rows) : t("import.commit.nothing")),
    );
  }

  void load();
  return { element, foot, close: () => void (closed = true) };
}

/** Sheet and header row, and why they were taken; both can be changed. */
function foundBox(doc: Document, change: (what: Change) => void): HTMLElement | null {
  const sheets = doc.sheets ?? [];
  const sheet = h(
    "select",
    { class: "choice", id: "found-sheet", onchange: () => change({ sheet: sheet.value }) },
    sheets.map((one) => h("option", { value: one.name, selected: one.chosen }, one.rows === null ? one.name : `${one.name} (${many("import.rows", one.rows)})`)),
  );
  const row = h("input", { class: "choice", id: "found-row", type: "number", min: 1, value: doc.header_row ?? doc.hxl_row ?? "", onchange: () => change({ header_row: row.value === "" ? null : Number(row.value) }) });
  // Layers of a map have no row of headers.
  const isTable = doc.header_row != null || doc.hxl_row != null;
  const level = h("select", { class: "choice", id: "found-level", onchange: () => change({ level: level.value === "" ? null : Number(level.value) }) }, h("option", { value: "" }, t("import.level.found")), [1, 2, 3, 4].map((one) => h("option", { value: one, selected: doc.asked?.level === one }, t("level.n", { level: one }))));
  const cycle = h("input", { class: "choice", id: "found-cycle", inputmode: "numeric", placeholder: t("import.cycle.found"), value: doc.asked?.cycle?.slice(0, 4) ?? "", onchange: () => change({ cycle: cycle.value.trim() || null }) });
  const field = (id: string, label: string, control: HTMLElement): HTMLElement => h("div", { class: "found-field" }, h("label", { for: id }, label), control);
  const fields = [sheets.length > 1 && field("found-sheet", t("import.sheet"), sheet), isTable && field("found-row", t("import.header-row"), row), doc.kind === "areas" && field("found-level", t("import.level"), level), doc.kind === "needs" && field("found-cycle", t("import.cycle"), cycle)].filter((one) => one !== false);
  if (fields.length === 0 && !doc.choice) return null;
  return h(
    "section",
    { class: "found card", "aria-labelledby": "found-title" },
    h("h3", { id: "found-title" }, t("import.found")),
    doc.choice && h("p", null, h("span", ENGLISH, sentence(inWords(doc.choice)))),
    fields.length > 0 && h("div", { class: "found-fields" }, fields),
  );
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?]$/.test(first) ? first : `${first}.`;
}
