/**
 * Names that wait for a person's word: places and partners that were matched without certainty. A
 * decision is made once for all rows that use the name, remembered, and can be taken back.
 */

import { DATA, h, refill } from "../dom";
import * as format from "../format";
import { beside, listed, many, maybe, t } from "../i18n";
import { plain } from "../words";
import * as client from "./client";
import type { ReviewItem } from "./client";
import type { Part, Place } from "./view";
import { said } from "./words";

/** Items in the page at once; the weightiest come first. */
const PAGE = 100;

const FILTERS = ["waiting", "used", "confirmed", "dismissed"] as const;
type Filter = (typeof FILTERS)[number];

export function review(place: Place): Part {
  const { op } = place;
  let items: ReviewItem[] = [];
  let filter: Filter = "waiting";
  let shown = PAGE;
  /** Keys that are ticked, for one decision about many. */
  const ticked = new Set<string>();
  /** What was chosen for each key, where it is not the first suggestion. */
  const chosen = new Map<string, string>();
  let closed = false;

  const fault = h("p", { class: "fault card", role: "alert", hidden: true });
  const result = h("p", { class: "notice plain", role: "status", tabindex: -1, hidden: true });
  const filters = h("div", { class: "tabs review-filters", role: "group", "aria-label": t("review.filter") });
  const bulk = h("div", { class: "acts review-bulk" });
  const list = h("ul", { class: "review" });
  const nothing = h("div", { class: "empty", hidden: true });
  const more = h("button", { class: "button", type: "button", onclick: () => ((shown += PAGE), draw()) }, t("review.more"));
  const element = h("div", { class: "card wide" }, h("h2", null, t("import.tab.review")), h("p", { class: "soft" }, t("review.why")), fault, result, filters, bulk, list, nothing, more);

  const idOf = (item: ReviewItem): string => `${item.kind}/${item.key}`;
  const inFilter = (): ReviewItem[] => items.filter((item) => item.state === filter);

  async function load(): Promise<void> {
    try {
      items = await client.reviewed(op);
      if (closed) return;
      if (inFilter().length === 0) filter = FILTERS.find((one) => items.some((item) => item.state === one)) ?? "waiting";
      draw();
    } catch (error) {
      refill(fault, place.failed(error));
      fault.hidden = false;
    }
  }

  /** `undefined` takes back what was said: the name waits again. */
  async function decide(decisions: { item: ReviewItem; value: string | null | undefined }[]): Promise<void> {
    if (decisions.length === 0) return;
    fault.hidden = true;
    for (const one of element.querySelectorAll("button")) one.disabled = true;
    const at = inFilter().findIndex((item) => decisions.some((one) => one.item === item));
    try {
      const { revision, said: words } = await client.decide(op, decisions.map(({ item: { kind, key }, value }) => (value === undefined ? { kind, key, undo: true } : { kind, key, value })));
      ticked.clear();
      chosen.clear();
      place.changed({ op, rows: 0, revision: 0, submission: null });
      const done = words === undefined ? many("review.done", decisions.length, { revision: format.exact(revision) }) : said(words);
      refill(result, done);
      result.hidden = false;
      place.say(done);
      await load();
      // The button that was pressed is gone: the keyboard goes on with the name in its place.
      (list.children[at]?.querySelector<HTMLElement>(".acts button") ?? result).focus({ preventScroll: true });
    } catch (error) {
      refill(fault, place.failed(error));
      fault.hidden = false;
      draw();
    }
  }

  const valueOf = (item: ReviewItem): string | null => chosen.get(idOf(item)) ?? item.candidates[0]?.value ?? null;

  function draw(): void {
    refill(
      filters,
      FILTERS.map((one) => h("button", { class: "tab", type: "button", "aria-pressed": one === filter, "aria-current": one === filter ? "true" : null, onclick: () => ((filter = one), (shown = PAGE), ticked.clear(), draw()) }, `${t(`review.state.${one}`)} (${format.exact(items.filter((item) => item.state === one).length)})`)),
    );
    const all = inFilter();
    refill(list, all.slice(0, shown).map(row));
    more.hidden = all.length <= shown;
    nothing.hidden = all.length > 0;
    refill(nothing, h("strong", null, t(items.length === 0 ? "review.none" : "review.none.here")), t("review.none.do"));
    drawBulk();
  }

  function drawBulk(): void {
    const all = inFilter().slice(0, shown);
    const picked = all.filter((item) => ticked.has(idOf(item)));
    const box = h("input", { type: "checkbox", id: "review-all", checked: all.length > 0 && picked.length === all.length, onchange: () => {
      for (const item of all) if (box.checked) ticked.add(idOf(item));
      else ticked.delete(idOf(item));
      draw();
    } });
    bulk.hidden = all.length === 0;
    refill(
      bulk,
      h("label", { class: "tick" }, box, t("review.all")),
      h("button", { class: "button primary", type: "button", disabled: picked.every((item) => valueOf(item) === null), onclick: () => void decide(picked.filter((item) => valueOf(item) !== null).map((item) => ({ item, value: valueOf(item) }))) }, t("review.confirm.many", { count: format.exact(picked.length) })),
      h("button", { class: "button", type: "button", disabled: picked.length === 0, onclick: () => void decide(picked.map((item) => ({ item, value: null }))) }, t("review.dismiss.many", { count: format.exact(picked.length) })),
    );
  }

  function row(item: ReviewItem): HTMLElement {
    const id = idOf(item);
    const box = h("input", { type: "checkbox", checked: ticked.has(id), "aria-label": t("review.tick", { said: item.said }), onchange: () => {
      if (box.checked) ticked.add(id);
      else ticked.delete(id);
      drawBulk();
    } });
    const where = beside([item.level ? t("level.n", { level: item.level }) : null, item.where]);
    const select = h("select", { class: "choice", "aria-label": t("review.is", { said: item.said }), onchange: () => (chosen.set(id, select.value), drawWhy()) }, item.candidates.map((one) => h("option", { value: one.value, selected: one.value === valueOf(item) }, listed([one.name, one.parent]))));
    const why = h("span", { class: "soft" });
    function drawWhy(): void {
      const one = item.candidates.find((candidate) => candidate.value === valueOf(item));
      why.textContent = one ? beside([item.kind === "place" ? one.value : null, maybe(`method.${one.method}`, plain(one.method)), format.percent(one.confidence)]) : t("review.no-candidate");
    }
    drawWhy();
    const settled = item.state === "confirmed" || item.state === "dismissed";
    return h(
      "li",
      null,
      h("label", { class: "tick" }, box),
      h("div", { class: "said" }, h("strong", DATA, item.said), h("span", { class: "soft" }, beside([t(`review.kind.${item.kind}`), where])), h("span", { class: "soft" }, beside([many("import.rows", item.rows), item.people ? t("review.people", { count: format.rounded(item.people) }) : null]))),
      h("div", { class: "is" }, item.candidates.length > 0 && select, why),
      h(
        "div",
        { class: "acts" },
        item.candidates.length > 0 && h("button", { class: "button", type: "button", onclick: () => void decide([{ item, value: valueOf(item) }]) }, t(settled ? "review.change" : "review.confirm"), h("span", { class: "reader" }, `: ${item.said}`)),
        item.state !== "dismissed" && h("button", { class: "button", type: "button", onclick: () => void decide([{ item, value: null }]) }, t("review.dismiss"), h("span", { class: "reader" }, `: ${item.said}`)),
        settled && h("button", { class: "button", type: "button", onclick: () => void decide([{ item, value: undefined }]) }, t("review.undo"), h("span", { class: "reader" }, `: ${item.said}`)),
      ),
    );
  }

  void load();
  return { element, close: () => void (closed = true) };
}
