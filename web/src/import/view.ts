/**
 * The import view: files in, what was understood, what is wrong with it, and what it would change. It
 * covers the map and is loaded when it is first opened. Which part is open is in the address.
 */

import { Refused } from "../api";
import { h, icon, refill } from "../dom";
import { t } from "../i18n";
import type { State, Store } from "../state";
import { dropToken, keepToken, token } from "../token";
import type { OperationRef } from "../types";
import { detail } from "./detail";
import { files } from "./files";
import { history } from "./history";
import { newOperation, nameOf } from "./operation";
import { review } from "./review";

/** What the parts of the view share. */
export interface Place {
  store: Store;
  /** The operation that is imported into; empty until one is named. */
  op: string;
  /** It has no revision yet: the first commit makes it. */
  isNew: boolean;
  operations: readonly OperationRef[];
  /** Words for people who do not see the screen. */
  say(words: string): void;
  /** Something was committed or rolled back: figures are asked again when the map is seen. */
  changed(done: Done): void;
  /** What went wrong, in words; a refused token leads back to the question for it. */
  failed(error: unknown): string;
}

/** A commit, for the words on the map after it. */
export interface Done {
  op: string;
  rows: number;
  revision: number;
  /** `null` where the file said nothing new. */
  submission: number | null;
}

/** A part of the view. */
export interface Part {
  element: HTMLElement;
  /** Called once it is no longer seen. */
  close?(): void;
}

export interface Host {
  store: Store;
  operations(): readonly OperationRef[];
  changed(done: Done): void;
}

export interface View {
  element: HTMLElement;
  show(state: State): void;
  hide(): void;
}

const TABS = ["files", "history", "review"] as const;

export function importView({ store, operations, changed }: Host): View {
  const heading = h("h1", { tabindex: -1, id: "import-title" });
  const target = h("select", { id: "import-op", "aria-label": t("import.into"), onchange: () => choose(target.value) });
  const tabs = h("nav", { class: "tabs", "aria-label": t("import.parts") });
  const said = h("div", { class: "reader", role: "status", "aria-live": "polite" });
  const body = h("div", { class: "import-body" });
  const back = h("button", { class: "button", type: "button", onclick: () => leave() }, icon("before", "turns"), t("import.back"));
  const element = h(
    "section",
    { class: "import", "aria-labelledby": "import-title", hidden: true, onkeydown: (event: KeyboardEvent) => event.key === "Escape" && !event.defaultPrevented && leave() },
    h("header", { class: "import-head" }, back, heading, h("div", { class: "import-into" }, target), tabs),
    body,
    said,
  );
  let part: Part | null = null;
  let open = "";
  let making = false;

  function leave(): void {
    const { op } = store.get();
    const known = operations().some((one) => one.id === op);
    store.set({ importing: null, ...(known ? {} : { op: "" }) });
  }

  function choose(op: string): void {
    making = op === "";
    if (making) return show({ ...store.get(), importing: "files" });
    store.set({ op, importing: "files", draft: null, area: null, level: null, view: null });
  }

  const place = (state: State): Place => ({
    store,
    op: state.op,
    isNew: !operations().some((one) => one.id === state.op),
    operations: operations(),
    say: (words) => void (said.textContent = words),
    changed,
    failed(error) {
      if (error instanceof Refused) {
        if (error.status === 401) {
          dropToken();
          open = "";
          queueMicrotask(() => show(store.get()));
        }
        if (error.status === 0) return `${t("error.offline")} ${t("import.offline")}`;
        return error.detail || error.title;
      }
      console.error(error);
      return String(error);
    },
  });

  function head(state: State, tab: string): void {
    const known = operations();
    const fresh = state.op !== "" && !known.some((one) => one.id === state.op);
    const choices = known.map((one) => ({ value: one.id, label: one.name }));
    if (fresh) choices.push({ value: state.op, label: nameOf(state.op) });
    refill(target, choices.map(({ value, label }) => h("option", { value }, label)), h("option", { value: "" }, t("import.new")));
    target.value = making ? "" : state.op;
    target.hidden = choices.length === 0;
    heading.textContent = t("import.title");
    const shown = token() !== null && !making && state.op !== "";
    refill(
      tabs,
      shown &&
        TABS.filter((one) => one === "files" || !fresh).map((one) =>
          h("button", { class: "tab", type: "button", "aria-current": one === tab ? "page" : null, onclick: () => store.set({ importing: one }) }, t(`import.tab.${one}`)),
        ),
    );
  }

  function show(state: State): void {
    const id = state.importing;
    if (id === null) return hide();
    const wasHidden = element.hidden;
    element.hidden = false;
    const isPart = (TABS as readonly string[]).includes(id);
    if (state.op !== "" && wasHidden) making = false;
    const asksToken = token() === null;
    const asksName = !asksToken && (making || state.op === "");
    head(state, isPart ? id : "");
    const now = asksToken ? "token" : asksName ? "name" : `${state.op}/${id}`;
    if (now !== open) {
      part?.close?.();
      open = now;
      part = asksToken ? askToken(() => show(store.get())) : asksName ? newOperation(operations(), begin) : partOf(id, place(state));
      refill(body, part.element);
      body.scrollTop = 0;
      heading.focus({ preventScroll: true });
    } else if (wasHidden) heading.focus({ preventScroll: true });
  }

  function begin(op: string): void {
    making = false;
    store.set({ op, importing: "files", draft: null, area: null, level: null, view: null });
  }

  function hide(): void {
    element.hidden = true;
    part?.close?.();
    part = null;
    open = "";
    making = false;
    body.replaceChildren();
  }

  return { element, show, hide };
}

function partOf(id: string, place: Place): Part {
  if (id === "files") return files(place);
  if (id === "history") return history(place);
  if (id === "review") return review(place);
  return detail(place, id);
}

/** For who opened the page without its token. */
function askToken(done: () => void): Part {
  const input = h("input", { id: "import-token", type: "password", autocomplete: "off", spellcheck: "false", required: true });
  const form = h(
    "form",
    {
      class: "card narrow",
      onsubmit: (event: Event) => {
        event.preventDefault();
        const given = input.value.trim();
        if (!given) return;
        keepToken(given.split("token=").at(-1) ?? given);
        done();
      },
    },
    h("h2", null, t("import.token")),
    h("p", { class: "soft" }, t("import.token.why")),
    h("label", { for: "import-token" }, t("import.token.label")),
    input,
    h("button", { class: "button primary", type: "submit" }, t("import.token.go")),
  );
  return { element: form };
}
