/** Finds areas, partners and sites by any part of their name or code, spelling marks aside. */

import * as api from "../api";
import { h, icon, refill } from "../dom";
import { folder } from "../folder";
import { beside, many, t } from "../i18n";
import { type Ladder, ladder } from "../ladder";
import type { Model } from "../model";
import type { Store } from "../state";
import { levelName } from "../words";
import type { Control } from "./control";
import { find, type Hit } from "./find";

export function search(store: Store): Control {
  let model: Model | null = null;
  /** What there is besides the areas shown; asked for once, when somebody starts to search. */
  let known: { op: string; state: "asking" | "there" | "partly"; areas: Ladder | null; others: Hit[] } | null = null;
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
    oninput: () => look(),
    onfocus: () => void fetchOthers(),
    onkeydown: (event: KeyboardEvent) => key(event),
    onblur: () => setTimeout(close, 150),
  });
  const list = h("ul", { class: "results", id: "found", role: "listbox", "aria-label": t("search.label"), hidden: true });
  const said = h("span", { class: "reader", role: "status" });
  const element = h("div", { class: "search" }, icon("search"), input, list, said);

  const fetchOthers = async (): Promise<void> => {
    const op = model?.state.op;
    if (!op || (known?.op === op && known.state !== "partly")) return;
    const mine = (known = { op, state: "asking" as const, areas: null, others: [] });
    const everything = { sector: "ALL", from: null, to: null, group: "all", basis: "in-need" } as const;
    const absent = (): null => null;
    // A folder has no more than it shows.
    const [areas, partners, sites] = await Promise.all([api.everyArea(op).catch(absent), api.partners(op).catch(absent), api.sites(op, everything).catch(absent)]);
    if (known !== mine) return;
    known = {
      op,
      state: folder || (areas && partners && sites) ? "there" : "partly",
      areas: areas && ladder(areas),
      others: [
        ...(partners?.features ?? []).map(({ properties: one }): Hit => ({ kind: "partner", text: one.acronym ? `${one.name} (${one.acronym})` : one.name, id: one.id, level: null, within: null })),
        ...(sites?.features ?? []).map(({ id, properties: one }): Hit => ({ kind: "site", text: one.name ?? String(id), id: one.area, level: null, within: null })),
      ],
    };
    if (input.value && !list.hidden) look();
  };
  /** Until all areas are there, those that are shown. */
  const areas = (): Ladder => known?.areas ?? ladder((model?.rows ?? []).map(({ pcode, name, parent }) => ({ pcode, name, parent, level: model?.level ?? 1 })));
  const nothing = (): string => t(known?.state === "there" ? "search.none" : known?.state === "partly" ? "search.part" : "search.looking", { text: input.value });
  const look = (): void => {
    if (!input.value.trim()) return close();
    void fetchOthers();
    hits = find(areas(), known?.others ?? [], input.value, model?.level ?? null);
    at = hits.length > 0 ? 0 : -1;
    draw();
    said.textContent = hits.length > 0 ? many("search.count", hits.length) : nothing();
  };
  const draw = (): void => {
    refill(
      list,
      hits.map((hit, index) =>
        h(
          "li",
          { role: "option", id: `found-${index}`, "aria-selected": String(index === at), onpointerdown: (event: Event) => (event.preventDefault(), take(hit)) },
          h("span", null, hit.text),
          h("span", { class: "soft" }, hit.kind === "area" ? beside([hit.level === model?.level ? null : levelName(model?.operation ?? null, hit.level ?? 0), hit.within ?? hit.id]) : t(`search.${hit.kind}`)),
        ),
      ),
      hits.length === 0 && h("li", { role: "option", "aria-disabled": "true" }, nothing()),
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
    if (hit.kind === "partner") return store.set({ partner: hit.id, area: null, only: [] });
    if (hit.kind === "area") return store.set({ area: hit.id, ...(hit.level === model?.level ? {} : { level: hit.level, only: [] }) });
    // A site may be held below the level shown, or above it.
    const rungs = areas();
    const here = rungs.at(hit.id, model?.level ?? 0) ?? hit.id;
    store.set({ area: here, level: (here === null ? undefined : rungs.get(here)?.level) ?? model?.level ?? null, overlays: [...new Set([...store.get().overlays, "sites" as const])] });
  };
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
