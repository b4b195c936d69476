/**
 * The import view: files in, what was understood, what is wrong with it, and what it would change. It
 * covers the map and is loaded when it is first opened. Which part is open is in the address.
 */

import { Refused } from "../api";
import { ENGLISH, h, icon, refill } from "../dom";
import * as format from "../format";
import { t } from "../i18n";
import type { State, Store } from "../state";
import { dropToken, keepToken, token } from "../token";
import type { OperationRef } from "../types";
import * as client from "./client";
import { detail } from "./detail";
import { files } from "./files";
import { history } from "./history";
import { newOperation, nameOf, unfinished, type Unfinished } from "./operation";
import { review } from "./review";
import { said as english } from "./words";

/** Words of the page, or of the server. */
export type Words = string | HTMLElement;

/** What the parts of the view share. */
export interface Place {
  store: Store;
  /** The operation that is imported into; empty until one is named. */
  op: string;
  /** It has no revision yet: the first commit makes it. */
  isNew: boolean;
  operations: readonly OperationRef[];
  /** How many names wait to be confirmed. */
  waiting(): Promise<number>;
  /** Words for people who do not see the screen. */
  say(words: Words): void;
  /** Something was committed or rolled back: figures are asked again when the map is seen. */
  changed(done: Done): void;
  /** What went wrong, in words; a refused token leads back to the question for it. */
  failed(error: unknown): Words;
}

/** A commit, for the words on the map after it. */
export interface Done {
  op: string;
  rows: number;
  revision: number;
  /** `null` where the file said nothing new. */
  submission: number | null;
  /** What was committed together, by name. */
  files?: readonly string[];
}

/** A part of the view. */
export interface Part {
  element: HTMLElement;
  /** What can be done with it; it stays in sight below. */
  foot?: HTMLElement;
  /** Called once it is no longer seen. */
  close?(): void;
  /** It has work under way, and stays alive unseen until that is done. */
  busy?(): boolean;
  /** It is seen again. */
  again?(): void;
}

export interface Host {
  store: Store;
  /** `null` while nobody knows. */
  operations(): readonly OperationRef[] | null;
  /** Asks for the list again. */
  again(): Promise<void>;
  /** Resolves once the list of operations is new. */
  changed(done: Done): Promise<void>;
}

export interface View {
  element: HTMLElement;
  show(state: State): void;
  hide(): void;
}

const TABS = ["files", "history", "review"] as const;

export function importView({ store, operations, again, changed }: Host): View {
  const heading = h("h1", { tabindex: -1, id: "import-title" });
  const target = h("select", { id: "import-op", "aria-label": t("import.into"), onchange: () => choose(target.value) });
  const tabs = h("nav", { class: "tabs", "aria-label": t("import.parts") });
  const said = h("div", { class: "reader", role: "status", "aria-live": "polite" });
  const body = h("div", { class: "import-body" });
  const below = h("div", { class: "import-bar", hidden: true });
  const back = h("button", { class: "button", type: "button", onclick: () => leave() }, icon("before", "turns"), t("import.back"));
  const element = h(
    "section",
    { class: "import", "aria-labelledby": "import-title", hidden: true },
    h("header", { class: "import-head" }, back, heading, h("div", { class: "import-into" }, target), tabs),
    body,
    below,
    said,
  );
  let part: Part | null = null;
  let open = "";
  /** Parts that go on with their work unseen. */
  const kept = new Map<string, Part>();
  const leavePart = (): void => {
    if (part?.busy?.()) kept.set(open, part);
    else part?.close?.();
    part = null;
  };
  /** A part that went on unseen is seen again as it is. */
  function partOfPlace(id: string, state: State): Part {
    const known = kept.get(`${state.op}/${id}`);
    if (!known) return partOf(id, place(state));
    kept.delete(`${state.op}/${id}`);
    known.again?.();
    return known;
  }
  let making = false;
  let list: readonly OperationRef[] | null = null;
  /** The operations as they were known last: after a commit they are asked for again, and nothing else is new. */
  const known = (): readonly OperationRef[] | null => (list = operations() ?? list);
  /** Operations whose files wait for their first commit. */
  let begun: Unfinished[] = [];
  let asked = false;
  /** Why the server did not take the token, in its words. */
  let refused = "";
  /** Names to confirm, and of which operation. */
  let queue = { op: "", count: 0 };

  /** Escape closes a list or leaves a box first; only then the view. */
  function escape(event: KeyboardEvent): void {
    if (element.hidden || event.key !== "Escape" || event.defaultPrevented) return;
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || !at.matches("select, input, textarea")) return leave();
    event.preventDefault();
    heading.focus({ preventScroll: true });
  }

  // Heard on the document: what had the focus may be gone.
  document.addEventListener("keydown", escape);

  function leave(): void {
    const { op } = store.get();
    const isKnown = known()?.some((one) => one.id === op) ?? true;
    store.set({ importing: null, draft: null, ...(isKnown ? {} : { op: "" }) });
  }

  async function waiting(op: string): Promise<number> {
    const items = await client.reviewed(op).catch(() => []);
    queue = { op, count: items.filter((item) => item.state === "waiting").length };
    if (!element.hidden && store.get().op === op) head(store.get(), tabOf(store.get()));
    return queue.count;
  }

  async function lookForBegun(): Promise<void> {
    asked = true;
    begun = await unfinished(known() ?? []);
    if (!element.hidden) head(store.get(), tabOf(store.get()));
  }

  function choose(op: string): void {
    making = op === "";
    if (making) return show({ ...store.get(), importing: "files" });
    store.set({ op, importing: "files", draft: null, area: null, partner: null, level: null, view: null });
  }

  const place = (state: State): Place => ({
    store,
    op: state.op,
    isNew: !(known() ?? []).some((one) => one.id === state.op),
    operations: known() ?? [],
    waiting: () => waiting(state.op),
    say: (words) => refill(said, typeof words === "string" ? words : words.cloneNode(true)),
    // A new operation has more to show once it is there.
    changed: (done) => void changed(done).then(() => (void waiting(done.op), !element.hidden && show(store.get()))),
    failed(error) {
      if (error instanceof Refused) {
        if (error.status === 401) {
          dropToken();
          refused = error.detail;
          open = "";
          queueMicrotask(() => show(store.get()));
        }
        if (error.status === 0) return `${t("error.offline")} ${t("import.offline")}`;
        return english(error.detail || error.title);
      }
      console.error(error);
      return english(String(error));
    },
  });

  function head(state: State, tab: string): void {
    const there = known() ?? [];
    const fresh = state.op !== "" && !there.some((one) => one.id === state.op);
    const choices = there.map((one) => ({ value: one.id, label: one.name }));
    const others = begun.filter((one) => !there.some(({ id }) => id === one.id));
    if (fresh && !others.some((one) => one.id === state.op)) others.push({ id: state.op, name: nameOf(state.op) });
    choices.push(...others.map(({ id, name }) => ({ value: id, label: t("import.begun", { name }) })));
    refill(target, choices.map(({ value, label }) => h("option", { value }, label)), h("option", { value: "" }, t("import.new")));
    target.value = making ? "" : state.op;
    target.hidden = choices.length === 0;
    heading.textContent = t("import.title");
    const shown = token() !== null && !making && state.op !== "";
    refill(
      tabs,
      shown &&
        TABS.filter((one) => one === "files" || !fresh).map((one) =>
          h("button", { class: "tab", type: "button", "aria-current": one === tab ? "page" : null, onclick: () => store.set({ importing: one }) }, one === "review" && queue.op === state.op && queue.count > 0 ? `${t("import.tab.review")} (${format.exact(queue.count)})` : t(`import.tab.${one}`)),
        ),
    );
  }

  function show(state: State): void {
    const id = state.importing;
    if (id === null) return hide();
    const wasHidden = element.hidden;
    element.hidden = false;
    if (state.op !== "" && wasHidden) making = false;
    const asksToken = token() === null;
    // Whether an operation is new decides what is shown: the list comes first.
    if (known() === null) return wait();
    if (!asksToken && !asked) void lookForBegun();
    const asksName = !asksToken && (making || state.op === "");
    head(state, tabOf(state));
    if (!asksToken && !asksName && queue.op !== state.op) {
      queue = { op: state.op, count: 0 };
      if (known()?.some((one) => one.id === state.op)) void waiting(state.op);
    }
    const now = asksToken ? "token" : asksName ? "name" : `${state.op}/${id}`;
    if (now !== open) {
      leavePart();
      open = now;
      part = asksToken ? askToken(refused, () => show(store.get())) : asksName ? newOperation(known() ?? [], begin) : partOfPlace(id, state);
      refill(body, part.element);
      refill(below, part.foot);
      below.hidden = !part.foot;
      body.scrollTop = 0;
      heading.focus({ preventScroll: true });
    } else if (wasHidden) heading.focus({ preventScroll: true });
  }

  /** Until the operations are known, and where they cannot be. */
  function wait(): void {
    open = "wait";
    heading.textContent = t("import.title");
    target.hidden = true;
    below.hidden = true;
    refill(body, h("div", { class: "empty", role: "status" }, h("strong", null, t("import.opening"))));
    void again().then(() => {
      if (element.hidden) return;
      if (known() !== null) return show(store.get());
      refill(body, h("div", { class: "empty", role: "alert" }, h("strong", null, t("error.offline")), h("p", null, t("import.offline")), h("button", { class: "button primary", type: "button", onclick: () => wait() }, t("error.retry"))));
    });
  }

  function begin(op: string): void {
    making = false;
    store.set({ op, importing: "files", draft: null, area: null, partner: null, level: null, view: null });
  }

  function hide(): void {
    element.hidden = true;
    leavePart();
    open = "";
    making = false;
    body.replaceChildren();
  }

  return { element, show, hide };
}

/** The tab that is open; none within one import. */
function tabOf({ importing }: State): string {
  return (TABS as readonly (string | null)[]).includes(importing) ? (importing ?? "") : "";
}

function partOf(id: string, place: Place): Part {
  if (id === "files") return files(place);
  if (id === "history") return history(place);
  if (id === "review") return review(place);
  return detail(place, id);
}

/** For who opened the page without its token, or with another one, which was `refused`. */
function askToken(refused: string, done: () => void): Part {
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
    refused && h("p", { class: "fault", role: "alert", ...ENGLISH }, refused),
    h("p", { class: "soft" }, t("import.token.why")),
    h("label", { for: "import-token" }, t("import.token.label")),
    input,
    h("button", { class: "button primary", type: "submit" }, t("import.token.go")),
  );
  return { element: form };
}
