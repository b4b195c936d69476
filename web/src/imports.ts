/**
 * The doors to the import view, which is loaded when it is first opened; and the banner over the map:
 * that it shows a draft, and what a commit has done.
 */

import { Refused } from "./api";
import { type Child, ENGLISH, h, refill } from "./dom";
import { listed, many, t } from "./i18n";
import type { Done, View } from "./import/view";
import type { Model } from "./model";
import type { State, Store } from "./state";

export interface Doors {
  /** Covers the page while it is open. */
  element: HTMLElement;
  /** Lies over the map. */
  banner: HTMLElement;
  show(state: State): void;
}

export function imports({ store, root, model, list, changed }: { store: Store; root: HTMLElement; model: () => Model; list: () => Promise<void>; changed: () => Promise<void> }): Doors {
  const element = h("div", { class: "import-cover", hidden: true });
  const banner = h("div", { class: "banner", role: "status", hidden: true });
  let view: View | null = null;
  let loading: Promise<void> | null = null;
  let done: Done | null = null;
  /** The draft on the map, with the name of its file once that is known. */
  let shown: { id: string; file: string } | null = null;
  let fault: Child = "";
  /** What somebody should know before a commit, and no fault. */
  let note = "";

  function show(state: State): void {
    const open = state.importing !== null;
    const closes = !open && !element.hidden;
    element.hidden = !open;
    for (const one of root.children) if (one !== element && one instanceof HTMLElement) one.inert = open;
    if (!open) {
      view?.hide();
      // Back to the door it was opened by.
      if (closes) root.querySelector<HTMLElement>(".import-open")?.focus({ preventScroll: true });
    } else if (view) view.show(state);
    else loading ??= load();
    drawBanner(state);
  }

  async function load(): Promise<void> {
    try {
      const { importView } = await import("./import/view");
      view = importView({
        store,
        operations: () => model().operations,
        again: list,
        changed(what) {
          done = what;
          return changed();
        },
      });
      element.append(view.element);
      show(store.get());
    } catch (error) {
      console.error(error);
      loading = null;
      store.set({ importing: null });
    }
  }

  function drawBanner(state: State): void {
    if (state.draft === null) shown = null;
    else done = null;
    const button = (words: string, act: () => void, primary = false): HTMLElement => h("button", { class: primary ? "button primary" : "button", type: "button", onclick: act }, words);
    if (state.draft !== null) {
      const id = state.draft;
      if (shown?.id !== id) {
        shown = { id, file: "" };
        fault = note = "";
        void nameOf(state.op, id);
      }
      banner.hidden = false;
      banner.className = "banner draft";
      refill(
        banner,
        h("div", null, h("strong", null, t("preview.title")), h("span", { class: "name", title: shown.file }, shown.file || "…"), h("span", null, note || t("preview.note")), fault && h("span", { class: "fault" }, fault)),
        button(t("preview.back"), () => store.set({ importing: id, draft: null })),
        button(t("preview.commit"), () => void commit(state.op, id), true),
      );
    } else if (done && done.op === state.op && state.importing === null && done.revision > 0) {
      const { rows, revision, submission, files = [] } = done;
      banner.hidden = false;
      banner.className = "banner good";
      refill(
        banner,
        h("div", null, h("strong", null, rows > 0 ? many("done.title", rows) : t("done.none")), files.length > 0 && h("span", { class: "name", title: listed(files) }, listed(files)), h("span", null, t("done.note", { revision })), fault && h("span", { class: "fault" }, fault)),
        // Of several files each is taken out by itself.
        files.length > 1 ? button(t("done.history"), () => store.set({ importing: "history" })) : submission !== null && button(t("done.undo"), () => void undo(state.op, submission)),
        button(t("done.close"), () => {
          done = null;
          drawBanner(store.get());
        }),
      );
    } else {
      banner.hidden = true;
      banner.replaceChildren();
    }
  }

  async function nameOf(op: string, id: string): Promise<void> {
    const { one } = await import("./import/client");
    const found = await one(op, id).catch(() => null);
    if (shown?.id !== id || !found) return;
    shown.file = found.file;
    drawBanner(store.get());
  }

  async function commit(op: string, id: string): Promise<void> {
    const client = await import("./import/client");
    for (const one of banner.querySelectorAll("button")) one.disabled = true;
    try {
      const end = await client.commit(op, id, () => {
        note = t("import.unsure");
        drawBanner(store.get());
        for (const one of banner.querySelectorAll("button")) one.disabled = true;
      });
      fault = note = "";
      store.set({ draft: null });
      done = { op, rows: (end.changes?.new ?? 0) + (end.changes?.changed ?? 0), revision: end.revision ?? 0, submission: end.submission ?? null, files: [end.file] };
      void changed();
    } catch (error) {
      if (error instanceof Refused && error.status === 409) {
        // Somebody else committed meanwhile: what the file would do now is shown before it is done.
        await client.current(op, id, () => undefined).catch(() => undefined);
        note = t("preview.moved");
        void changed();
      } else if (error instanceof client.NotCommitted) note = t("import.not-committed");
      else fault = said(error);
    }
    drawBanner(store.get());
  }

  const said = (error: unknown): Child => (error instanceof Refused && error.status === 0 ? `${t("error.offline")} ${t("import.offline")}` : h("span", ENGLISH, error instanceof Error ? error.message : String(error)));

  async function undo(op: string, submission: number): Promise<void> {
    const client = await import("./import/client");
    try {
      const { said } = await client.rollback(op, String(submission));
      done = null;
      fault = "";
      void changed();
      drawBanner(store.get());
      banner.hidden = false;
      refill(banner, h("div", null, h("strong", null, t("done.undone")), h("span", ENGLISH, said)), h("button", { class: "button", type: "button", onclick: () => drawBanner(store.get()) }, t("done.close")));
    } catch (error) {
      fault = said(error);
      drawBanner(store.get());
    }
  }

  return { element, banner, show };
}
