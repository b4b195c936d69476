/** Files on their way in: dropped, sent, read, each with what became of it, and committed in the right order. */

import { type Offered, Refused } from "../api";
import { DATA, h, icon, refill } from "../dom";
import * as format from "../format";
import { beside, listed, many, t } from "../i18n";
import * as client from "./client";
import { type Document, KINDS, type Short } from "./client";
import { named } from "./operation";
import type { Part, Place, Words } from "./view";
import { kindName, kindPicker, meter, sizeOf, said, stepName } from "./words";

/** Sheets that are read at once: the server keeps a few more drafts than that. */
const SHEETS = 24;

/** One file, from the moment it is dropped. */
interface Entry {
  file: File | null;
  name: string;
  size: number;
  phase: "sending" | "reading" | "ready" | "committing" | "committed" | "failed";
  /** 0-1 of what is under way, where that is known. */
  share: number | null;
  doc: Short | null;
  error: Words | null;
  /** The line was cut while it was sent: nothing is wrong with the file. */
  cut: boolean;
  /** Its properties, where somebody has to say which of them is the P-code. */
  offered: readonly Offered[];
  stop: (() => void) | null;
  element: HTMLElement;
}

export function files(place: Place): Part {
  const { op } = place;
  const entries: Entry[] = [];
  let have: Set<string> | null = place.isNew ? new Set() : null;
  let closed = false;
  /** While all are committed, one after the other. */
  let committing = false;
  /** Names to confirm, once something was committed here. */
  let names = 0;

  const input = h("input", { type: "file", multiple: true, class: "reader", id: "import-file", tabindex: -1, "aria-hidden": "true", onchange: () => (take(input.files), (input.value = "")) });
  const choose = h("button", { class: "button primary", type: "button", onclick: () => input.click() }, t("import.choose"));
  const zone = h(
    "div",
    {
      class: "drop",
      ondragover: (event: DragEvent) => (event.preventDefault(), zone.classList.add("over")),
      ondragleave: () => zone.classList.remove("over"),
      ondrop: (event: DragEvent) => {
        event.preventDefault();
        event.stopPropagation();
        zone.classList.remove("over");
        take(event.dataTransfer?.files ?? null);
      },
    },
    icon("import", "large"),
    h("p", { class: "lead" }, t("import.drop")),
    h("p", { class: "soft" }, t("import.drop.kinds")),
    choose,
    input,
  );
  const needed = h("ol", { class: "needed", "aria-label": t("import.needed") });
  const list = h("ul", { class: "sent", "aria-label": t("import.sent") });
  const all = h("div", { class: "import-foot", hidden: true });
  const fault = h("p", { class: "fault", role: "alert" });
  const element = h("div", { class: "files" }, h("p", { class: "lead-note soft" }, t("import.safe")), zone, fault, list, all, h("h2", { class: "needed-title" }, t("import.needed")), needed);
  // A file that misses the zone must not open in its place.
  const outside = (event: DragEvent): void => event.preventDefault();
  const isSending = (): boolean => entries.some((entry) => entry.phase === "sending");
  // What has not arrived is lost with the page.
  const stay = (event: Event): void => void (isSending() && event.preventDefault());
  addEventListener("beforeunload", stay);
  addEventListener("dragover", outside);
  addEventListener("drop", outside);

  // What is there already

  async function look(): Promise<void> {
    try {
      const known = await client.list(op);
      if (closed) return;
      have ??= new Set();
      for (const one of known) {
        if (one.state === "committed") (one.rows_current ?? 0) > 0 && have.add(one.kind ?? "");
        else if (!entries.some((entry) => entry.doc?.id === one.id)) follow(add({ name: nameOf(one), size: one.bytes ?? 0, file: null }), one);
      }
      drawNeeded();
      await renew();
    } catch (error) {
      refill(fault, place.failed(error));
    }
  }

  function drawNeeded(): void {
    const waiting = new Set(entries.filter((entry) => entry.phase !== "failed" && entry.phase !== "committed" && !isLost(entry)).map((entry) => entry.doc?.kind));
    refill(
      needed,
      KINDS.map((kind) => {
        const state = have?.has(kind) ? "there" : waiting.has(kind) ? "waiting" : "missing";
        return h("li", { class: state }, h("span", { class: "mark", "aria-hidden": "true" }, state === "there" ? "✓" : state === "waiting" ? "…" : ""), h("strong", null, kindName(kind)), h("span", { class: "soft" }, t(`import.needs.${kind}`)), h("span", { class: "reader" }, t(`import.needed.${state}`)));
      }),
    );
  }

  // Sending

  function take(given: FileList | null): void {
    if (!given || given.length === 0) return;
    const taken = [...given].map((file) => add({ name: file.name, size: file.size, file }));
    place.say(many("import.taken", taken.length));
    // One after the other: a bad line is not made better by sharing it.
    void (async () => {
      for (const entry of taken) await send(entry);
      const [only] = taken;
      const isBusy = entries.some((entry) => ["sending", "reading", "committing"].includes(entry.phase));
      // Of several sheets there is something to decide here first.
      const hasMore = (only?.doc?.alike?.length ?? 0) > 0;
      if (taken.length === 1 && only?.phase === "ready" && only.doc && !hasMore && element.isConnected && !isBusy) place.store.set({ importing: only.doc.id });
    })();
  }

  function add({ name, size, file }: Pick<Entry, "name" | "size" | "file">): Entry {
    const entry: Entry = { name, size, file, phase: "sending", share: 0, doc: null, error: null, cut: false, offered: [], stop: null, element: h("li", { class: "file" }) };
    entries.push(entry);
    list.append(entry.element);
    draw(entry);
    return entry;
  }

  async function send(entry: Entry, help: client.Told = {}): Promise<void> {
    if (!entry.file || !entries.includes(entry)) return;
    Object.assign(entry, { phase: "sending", share: 0, error: null, cut: false });
    draw(entry);
    const { name, household } = named(op);
    const told = { ...help, ...(place.isNew ? { name, household_size: household } : {}) };
    const { sent, stop } = client.send(op, entry.file, told, (share) => {
      entry.share = share;
      if (share >= 1) Object.assign(entry, { phase: "reading", share: null });
      drawMeter(entry);
    });
    entry.stop = stop;
    try {
      const doc = await sent;
      entry.stop = null;
      await follow(entry, doc);
    } catch (error) {
      entry.stop = null;
      if (error instanceof DOMException) return;
      Object.assign(entry, { phase: "failed", error: place.failed(error), cut: client.isLost(error), offered: error instanceof Refused ? error.columns : [] });
      place.say(h("span", null, entry.name, ": ", typeof entry.error === "string" ? entry.error : entry.error?.cloneNode(true)));
      draw(entry);
    }
  }

  /** Shows an import until it is read or written. */
  async function follow(entry: Entry, first: Short): Promise<void> {
    const told = (now: Short): void => {
      const before = entry.phase;
      Object.assign(entry, { doc: now, phase: now.state, share: now.share ?? null, error: now.error ? said(now.error) : null, offered: now.offered ?? [] });
      if (before === entry.phase && client.busy(now)) drawMeter(entry);
      else draw(entry);
    };
    told(first);
    try {
      const end = await client.settled(op, first as Document, (now) => closed || told(now));
      if (!closed && end.state === "ready") place.say(t("import.ready", { file: entry.name }));
    } catch (error) {
      Object.assign(entry, { phase: "failed", error: place.failed(error) });
      draw(entry);
    }
  }

  /** A file's name, and the sheet that was asked for. */
  const nameOf = (doc: Short): string => (doc.asked_sheet ? `${doc.file} · ${doc.asked_sheet}` : doc.file);

  /** Sheets with the same headers that nobody has had read yet. */
  const others = ({ doc }: Entry): string[] => (doc?.alike ?? []).filter((sheet) => !entries.some((other) => other.doc?.file === doc?.file && other.doc?.asked_sheet === sheet)).slice(0, SHEETS);

  /** Has the other sheets of a file read, each as a file of its own. */
  async function readOthers(entry: Entry): Promise<void> {
    const { doc } = entry;
    if (!doc) return;
    const sheets = others(entry);
    place.say(many("import.taken", sheets.length));
    try {
      for (const sheet of sheets) {
        const copy = await client.copy(op, doc.id, sheet);
        await follow(add({ name: nameOf(copy), size: entry.size, file: null }), copy);
      }
    } catch (error) {
      entry.error = place.failed(error);
    }
    draw(entry);
  }

  /** Whatever was committed since a file was read is taken into account, one file after the other. */
  async function renew(): Promise<void> {
    for (const entry of ready()) {
      if (closed || committing) return;
      if (entry.doc?.outdated) await reread(entry, {});
    }
  }

  // Drawing

  function drawMeter(entry: Entry): void {
    const words = entry.phase === "sending" ? t("import.sending") : entry.doc ? stepName(entry.doc) : t("import.step.opening");
    const place_ = entry.element.querySelector(".file-state");
    if (place_) refill(place_, meter(entry.share, words));
  }

  function draw(entry: Entry): void {
    const { doc, phase } = entry;
    const remove = h("button", { class: "tool", type: "button", "aria-label": t("import.remove.file", { file: entry.name }), title: t("import.remove"), onclick: () => void drop(entry) }, icon("close"));
    const picker = phase === "ready" && kindPicker(client.fileKind(doc?.kind), t("import.kind.of", { file: entry.name }), (kind) => void reread(entry, { kind }));
    const open = phase === "ready" && doc && h("button", { class: "button", type: "button", onclick: () => place.store.set({ importing: doc.id }) }, t("import.check"), h("span", { class: "reader" }, entry.name));
    refill(
      entry.element,
      h("div", { class: "file-name" }, h("strong", DATA, entry.name), h("span", { class: "soft" }, sizeOf(entry.size))),
      h("div", { class: "file-state" }, stateOf(entry)),
      h("div", { class: "file-acts" }, picker, open, phase !== "committing" && phase !== "committed" && remove),
      more(entry),
    );
    entry.element.dataset.state = phase;
    if (phase === "sending" || phase === "reading" || phase === "committing") drawMeter(entry);
    drawNeeded();
    drawAll();
  }

  /** That there is more in the file. */
  function more(entry: Entry): HTMLElement | false {
    const sheets = entry.phase === "ready" ? others(entry) : [];
    if (sheets.length === 0) return false;
    const words = h("span", null, many("import.alike", sheets.length, { own: entry.doc?.sheet ?? "", sheets: listed(sheets) }));
    return h("p", { class: "file-more soft" }, words, " ", h("button", { class: "button", type: "button", onclick: () => void readOthers(entry) }, many("import.alike.read", sheets.length), h("span", { class: "reader" }, entry.name)));
  }

  function stateOf(entry: Entry): Node | string | null {
    const { phase, doc, error } = entry;
    if (phase === "failed") return h("div", null, h("p", { class: "fault" }, error), entry.offered.length > 0 ? offerBox(entry, entry.offered) : entry.cut ? again(entry) : (entry.file ?? doc) && helpBox(entry));
    if (phase === "committed") return h("p", { class: "good" }, t("import.done.short", { rows: format.exact((doc?.changes?.new ?? 0) + (doc?.changes?.changed ?? 0)) }));
    if (phase !== "ready" || !doc?.counts) return null;
    const { rows, accepted_with_warnings, rejected } = doc.counts;
    // Without its boundaries a file looks worse than it is.
    if (waits(entry)) return h("p", null, many("import.rows", rows), h("span", { class: "soft" }, ` · ${t("import.before-areas")}`));
    if (doc.nothing_accepted != null) return h("p", null, h("strong", { class: "fault" }, t("import.nothing")), " ", said(doc.nothing_accepted));
    const words = [many("import.rows", rows), accepted_with_warnings > 0 && many("import.warned", accepted_with_warnings), rejected > 0 && many("import.rejected", rejected)];
    return h("p", null, beside(words), error && h("span", { class: "fault" }, " ", error));
  }

  /** Its places are matched once boundaries beside it are committed. */
  function waits(entry: Entry): boolean {
    return entry.doc?.kind !== "areas" && entries.some((other) => other.phase === "ready" && other.doc?.kind === "areas" && other.doc.nothing_accepted == null);
  }

  /** Nothing of it came in, and nothing beside it will change that. */
  const isLost = (entry: Entry): boolean => entry.phase === "ready" && entry.doc?.nothing_accepted != null && !waits(entry);

  /** Boundaries whose properties nobody knows: which is the P-code, the name, and of which level they are. */
  function offerBox(entry: Entry, offered: readonly Offered[]): HTMLElement {
    const choice = (label: string, none: string, required: boolean): HTMLSelectElement =>
      h(
        "select",
        { class: "choice", required, "aria-label": `${label}: ${entry.name}` },
        h("option", { value: "" }, none),
        offered.map(({ header, values }) => h("option", { value: header }, values.length > 0 ? `${header} (${listed(values)})` : header)),
      );
    const code = choice(t("import.offered.code"), t("import.offered.choose"), true);
    const name = choice(t("import.offered.name"), t("import.offered.none"), false);
    const level = h("select", { class: "choice", required: true, "aria-label": `${t("import.offered.level")}: ${entry.name}` }, h("option", { value: "" }, t("import.offered.choose")), [1, 2, 3, 4].map((one) => h("option", { value: one }, t("level.n", { level: one }))));
    const field = (label: string, control: HTMLElement): HTMLElement => h("label", null, h("span", null, label), control);
    return h(
      "form",
      {
        class: "help offered",
        onsubmit: (event: Event) => {
          event.preventDefault();
          const columns = { ...(name.value && name.value !== code.value ? { [name.value]: "name" } : {}), [code.value]: "pcode" };
          if (entry.doc) void reread(entry, { kind: "areas", columns, level: Number(level.value) });
          else void send(entry, { kind: "areas", columns, level: level.value });
        },
      },
      h("p", { class: "soft" }, t("import.offered")),
      field(t("import.offered.code"), code),
      field(t("import.offered.name"), name),
      field(t("import.offered.level"), level),
      h("button", { class: "button", type: "submit" }, t("import.offered.go")),
    );
  }

  /** A file that did not arrive is sent once more, as it is. */
  const again = (entry: Entry): HTMLElement => h("button", { class: "button", type: "button", onclick: () => void send(entry) }, t("error.retry"), h("span", { class: "reader" }, ` ${entry.name}`));

  /** What the sender knows and the file does not say. */
  function helpBox(entry: Entry): HTMLElement {
    const told: client.Told = {};
    const field = (label: string, control: HTMLElement): HTMLElement => h("label", null, h("span", null, label), control);
    const row = h("input", { class: "choice", type: "number", min: 1, inputmode: "numeric" });
    const year = h("input", { class: "choice", inputmode: "numeric", maxlength: 21 });
    return h(
      "form",
      {
        class: "help",
        onsubmit: (event: Event) => {
          event.preventDefault();
          if (entry.file) return void send(entry, { ...told, header_row: row.value, cycle: year.value.trim() });
          void reread(entry, { ...(told.kind ? { kind: told.kind } : {}), header_row: row.value ? Number(row.value) : null, cycle: year.value.trim() || null });
        },
      },
      field(t("import.kind"), kindPicker(null, t("import.kind.of", { file: entry.name }), (kind) => (told.kind = kind))),
      field(t("import.header-row"), row),
      field(t("import.cycle"), year),
      h("button", { class: "button", type: "submit" }, t("error.retry")),
    );
  }

  async function reread(entry: Entry, what: client.Change): Promise<void> {
    const { doc } = entry;
    if (!doc) return;
    const working = (now: Short): void => {
      if (closed) return;
      Object.assign(entry, { doc: now, share: now.share ?? null });
      drawMeter(entry);
    };
    const before = entry.phase;
    Object.assign(entry, { phase: "reading", share: null, error: null });
    draw(entry);
    try {
      await follow(entry, await client.reread(op, doc.id, what, working));
    } catch (error) {
      // The server left the draft as it was.
      Object.assign(entry, { doc, phase: before, error: place.failed(error), offered: error instanceof Refused ? error.columns : entry.offered });
      draw(entry);
    }
  }

  async function drop(entry: Entry): Promise<void> {
    entry.stop?.();
    entries.splice(entries.indexOf(entry), 1);
    entry.element.remove();
    drawAll();
    drawNeeded();
    choose.focus();
    if (entry.doc) await client.discard(op, entry.doc.id).catch(() => undefined);
  }

  // Committing all

  const ready = (): Entry[] => entries.filter((entry) => entry.phase === "ready" && entry.doc);
  const committable = (): Entry[] => ready().filter((entry) => !isLost(entry));

  function drawAll(): void {
    const waiting = committable();
    const done = entries.filter((entry) => entry.phase === "committed");
    for (const entry of ready()) {
      const state = entry.element.querySelector(".file-state");
      if (state) refill(state, stateOf(entry));
    }
    const still = committing || entries.some((entry) => ["sending", "reading", "committing"].includes(entry.phase));
    all.hidden = waiting.length < 2 && done.length === 0;
    refill(
      all,
      names > 0 && !still && h("p", { class: "notice plain" }, h("span", null, many("import.wait", names)), h("button", { class: "button", type: "button", onclick: () => place.store.set({ importing: "review" }) }, t("import.wait.go"))),
      waiting.length > 1 && h("p", { class: "soft" }, t("import.all.order")),
      waiting.length > 1 && !still && h("button", { class: "button primary", type: "button", onclick: () => void commitAll() }, t("import.all", { count: format.exact(waiting.length) })),
      done.length > 0 && !still && h("button", { class: waiting.length > 1 ? "button" : "button primary", type: "button", onclick: () => place.store.set({ importing: null, draft: null }) }, t("import.map")),
    );
  }

  /** Boundaries first, the coarsest first; then what is matched against them. */
  async function commitAll(): Promise<void> {
    const depth = (entry: Entry): number => {
      const placed = (entry.doc as Document | null)?.placed ?? [];
      return placed.findIndex((count) => count > 0);
    };
    const rank = (entry: Entry): number => KINDS.indexOf(client.fileKind(entry.doc?.kind) ?? "activities");
    const order = committable().sort((a, b) => rank(a) - rank(b) || depth(a) - depth(b));
    committing = true;
    /** What was committed here together, so that the words after it are about all of it. */
    const made = { rows: 0, files: [] as string[] };
    drawAll();
    for (const entry of order) {
      const id = entry.doc?.id ?? "";
      try {
        // Read again, so that it is matched against what was committed just before.
        const now = await client.one(op, id);
        if (now.outdated) await reread(entry, {});
        // What is wrong with it is said beside it; the others do not wait for it.
        if (entry.phase !== "ready" || entry.doc?.nothing_accepted != null) continue;
        Object.assign(entry, { phase: "committing", share: null });
        draw(entry);
        const watch = follow(entry, { ...(entry.doc as Document), state: "committing", step: "comparing" });
        const doc = await client.commit(op, id, () => void (fault.textContent = t("import.unsure")));
        await watch;
        fault.textContent = "";
        Object.assign(entry, { doc, phase: "committed", share: 1 });
        draw(entry);
        if (doc.counts && doc.counts.rejected < doc.counts.rows) have?.add(doc.kind ?? "");
        const rows = (doc.changes?.new ?? 0) + (doc.changes?.changed ?? 0);
        made.rows += rows;
        made.files.push(entry.name);
        place.changed({ op, rows: made.rows, revision: doc.revision ?? 0, submission: doc.submission ?? null, files: [...made.files] });
        place.say(t("import.done", { rows: format.exact(rows), file: entry.name }));
      } catch (error) {
        fault.textContent = "";
        Object.assign(entry, { phase: "ready", error: error instanceof client.NotCommitted ? t("import.not-committed") : place.failed(error) });
        draw(entry);
        // A figure moved under it: it is compared again, and somebody looks before it is committed.
        if (error instanceof Refused && error.status === 409) await reread(entry, {});
        break;
      }
    }
    committing = false;
    await renew();
    names = await place.waiting();
    if (closed) return;
    drawNeeded();
    drawAll();
  }

  void look();
  drawNeeded();
  return {
    element,
    busy: () => committing || entries.some((entry) => entry.file !== null && ["sending", "reading"].includes(entry.phase)),
    again: () => void look(),
    close() {
      closed = true;
      removeEventListener("beforeunload", stay);
      removeEventListener("dragover", outside);
      removeEventListener("drop", outside);
    },
  };
}
