/** What stands above the figures where something is not as it should be: what it is, and what to do. */

import { type Child, ENGLISH, h } from "./dom";
import { t } from "./i18n";
import type { Model } from "./model";
import type { Store } from "./state";
import { sectorName } from "./words";

export function noticeOf({ error, stale, away, unknownSector, operations, operation, loading, state }: Model, store: Store, again: () => void): HTMLElement | null {
  const button = (words: string, act: () => void): HTMLElement => h("button", { class: "button", type: "button", onclick: act }, words);
  const notice = (words: Child, ...acts: HTMLElement[]): HTMLElement => h("div", { class: "notice" }, h("span", null, words), acts);
  const detail = h("span", ENGLISH, error?.detail);
  const leave = button(t("preview.leave"), () => store.set({ draft: null }));
  if (error && state.draft !== null && error.status === 401) return notice(t("preview.token"), button(t("preview.token.go"), () => store.set({ importing: state.draft, draft: null })), leave);
  if (error && state.draft !== null && [404, 409].includes(error.status)) return notice(t("preview.gone"), leave);
  if (error?.status === 0) return notice(`${t("error.offline")} ${t(operation ? "error.offline.do" : "error.offline.wait")}`, button(t("error.retry"), again));
  const [first] = operations ?? [];
  if (error?.status === 404 && first && operations?.every(({ id }) => id !== state.op)) return notice(detail, button(t("error.other", { operation: first.name }), () => store.set({ op: first.id, area: null, partner: null, only: [], view: null, level: null })));
  if (error) return notice([t("error.refused"), " ", detail], button(t("error.retry"), again));
  if (away) return notice(`${t("error.offline")} ${t("error.offline.do")}`, button(t("error.retry"), again));
  if (stale) return notice(t("stale"), button(t("error.retry"), again));
  if (!loading && operations?.length === 0) return h("div", { class: "empty" }, h("strong", null, t("empty.operations")), h("p", null, t("empty.operations.do")), h("button", { class: "button primary", type: "button", onclick: () => store.set({ importing: "files" }) }, t("empty.operations.go")));
  if (unknownSector !== null && !loading) return notice(t("notice.sector", { sector: unknownSector, instead: sectorName(operation, state.sector) }));
  return null;
}
