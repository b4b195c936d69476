/** Finds areas, partners and sites by any part of their name or code, spelling marks aside. */

import * as api from "../api";
import { h, icon, refill } from "../dom";
import { many, t } from "../i18n";
import type { Model } from "../model";
import type { Store } from "../state";
import type { Control } from "./control";

interface Hit {
  kind: "area" | "partner" | "site";
  text: string;
  note: string;
  /** The area it leads to, if any. */
  area: string | null;
}

const MOST = 12;

export const fold = (text: string): string => text.normalize("NFD").replaceAll(/\p{Diacritic}/gu, "").toLowerCase();

export function search(store: Store): Control {
  let model: Model | null = null;
  let others: { op: string; hits: Hit[] } | null = null;
  let hits: Hit[] = [];
  let at = -1;

  const input = h("input", {
    type: "search",
    role: "combobox",
    placeholder: t("search.placeholder"),
    "aria-label": t("search.label"),
    "aria-expanded": "false",
    "aria-controls": "found",
    "aria-autocomplete": "list",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => void look(),
    onfocus: () => void fetchOthers(),
    onkeydown: (event: KeyboardEvent) => key(event),
    onblur: () => setTimeout(close, 150),
  });
  const list = h("ul", { class: "results", id: "found", role: "listbox", "aria-label": t("search.label"), hidden: true });
  const said = h("span", { class: "reader", role: "status" });
  const element = h("div", { class: "search" }, icon("search"), input, list, said);

  /** Partners and sites are asked for once, when somebody starts to search. */
  const fetchOthers = async (): Promise<void> => {
    const op = model?.state.op;
    if (!op || others?.op === op) return;
    others = { op, hits: [] };
    const everything = { sector: "ALL", from: null, to: null, group: "all", basis: "in-need" } as const;
    const [partners, sites] = await Promise.all([api.partners(op).catch(() => null), api.sites(op, everything).catch(() => null)]);
    others = {
      op,
      hits: [
        ...(partners?.features ?? []).map(({ properties: one }): Hit => ({ kind: "partner", text: one.acronym ? `${one.name} (${one.acronym})` : one.name, note: one.sectors ?? "", area: null })),
        ...(sites?.features ?? []).map(({ id, properties: one }): Hit => ({ kind: "site", text: one.name ?? String(id), note: "", area: one.area })),
      ],
    };
    if (input.value) void look();
  };
  const look = (): void => {
    const wanted = fold(input.value.trim());
    if (!wanted) return close();
    const areas = (model?.rows ?? []).map((row): Hit => ({ kind: "area", text: row.name, note: row.parentName ?? row.pcode, area: row.pcode }));
    const rank = (hit: Hit): number => (fold(hit.text).startsWith(wanted) ? 0 : 1);
    hits = [...areas, ...(others?.hits ?? [])]
      .filter((hit) => fold(`${hit.text} ${hit.kind === "area" ? hit.area : ""}`).includes(wanted))
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, MOST);
    at = hits.length > 0 ? 0 : -1;
    draw();
    said.textContent = hits.length > 0 ? many("search.count", hits.length) : t("search.none", { text: input.value });
  };
  const draw = (): void => {
    refill(
      list,
      hits.map((hit, index) =>
        h(
          "li",
          { role: "option", id: `found-${index}`, "aria-selected": String(index === at), onpointerdown: (event: Event) => (event.preventDefault(), take(hit)) },
          h("span", null, hit.text),
          h("span", { class: "soft" }, hit.kind === "area" ? hit.note : t(`search.${hit.kind}`)),
        ),
      ),
      hits.length === 0 && h("li", { role: "option", "aria-disabled": "true" }, t("search.none", { text: input.value })),
    );
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    if (at >= 0) input.setAttribute("aria-activedescendant", `found-${at}`);
    else input.removeAttribute("aria-activedescendant");
    list.children[at]?.scrollIntoView({ block: "nearest" });
  };
  const close = (): void => {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (hit: Hit): void => {
    input.value = "";
    close();
    if (hit.kind === "partner") return store.set({ measure: "presence", area: null });
    const row = model?.rows.find((one) => one.pcode === hit.area) ?? within(hit.area);
    store.set({ area: row?.pcode ?? null, ...(hit.kind === "site" ? { overlays: [...new Set([...store.get().overlays, "sites" as const])] } : {}) });
  };
  /** A site may be held below the level shown: its codes usually begin with their parent's. */
  const within = (pcode: string | null) => model?.rows.find((row) => pcode?.startsWith(row.pcode)) ?? null;
  const key = (event: KeyboardEvent): void => {
    if (event.key === "Escape" && !list.hidden) {
      event.stopPropagation();
      return close();
    }
    const move = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (move && hits.length > 0) {
      event.preventDefault();
      at = (at + move + hits.length) % hits.length;
      draw();
    }
    const hit = hits[at];
    if (event.key === "Enter" && !list.hidden && hit) take(hit);
  };

  return { element, render: (next) => void (model = next) };
}
