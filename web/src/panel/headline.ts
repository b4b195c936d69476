/** The four figures that answer first: how many in need, reached, not reached, and where is nobody. */

import { DATA, h, refill } from "../dom";
import * as format from "../format";
import { t } from "../i18n";
import { baseOf, MEASURE, share } from "../measures";
import type { Model } from "../model";
import { measureName, measureNote, questionWords } from "../words";
import { aboutNeed, aboutPartner, nobody, silence } from "./answer";
import { type Interval, interval } from "./interval";

export function headline(everybody: () => void): { element: HTMLElement; render(model: Model): void } {
  const element = h("div", { class: "head" });
  return {
    element,
    render(model) {
      const { state, whole } = model;
      const max = Math.max(whole?.in_need ?? 0, whole?.reached_high ?? 0, whole?.gap_high ?? 0);
      const def = MEASURE[state.measure];
      const unmeasured = def.space !== undefined && !model.loading && model.rows.length > 0 && model.rows.every((row) => def.value(row) === null);
      const empty = nobody(model.rows);
      const isTarget = state.basis === "targeted";
      const part = share(baseOf(whole, state.basis), whole?.gap);
      const need = format.exact(whole?.in_need);
      const known = aboutNeed(model);
      refill(
        element,
        h("h1", null, measureName(state)),
        h("p", { class: "about" }, questionWords(model.operation, state)),
        h("p", { class: "about note" }, measureNote(state)),
        model.partner && h("p", { class: "notice plain whose" }, h("span", null, aboutPartner(model.partner)), h("button", { class: "button", type: "button", onclick: everybody }, t("head.partner.clear"))),
        known !== null && h("p", { class: "notice plain" }, known),
        model.gaps?.need_cycles?.includes(",") && h("p", { class: "notice plain" }, t("head.cycles", { cycles: model.gaps.need_cycles.replaceAll("/", " – ") })),
        unmeasured && h("p", { class: "notice plain" }, t("head.no-population")),
        model.operation?.note && h("p", { class: "about", ...DATA }, model.operation.note),
        // Without an answer there is nothing to say; the notice above says why.
        (model.gaps !== null || model.error === null) && h("dl", { class: "figures" }, [
          isTarget
            ? figure(t("head.targeted"), format.rounded(whole?.targeted), whole?.in_need == null ? silence("gap", model) : t("head.targeted.of", { count: need }))
            : figure(t("head.in_need"), format.rounded(whole?.in_need), whole?.in_need == null ? silence("need", model) : model.gaps?.derived ? h("span", { class: "range", title: t("head.derived") }, need) : need),
          figure(t("head.nobody"), model.gaps ? format.exact(empty.count) : format.DASH, model.gaps ? empty.note : silence("need", model)),
          measured(t("head.reached"), { value: whole?.reached ?? null, low: whole?.reached_low ?? null, high: whole?.reached_high ?? null }, max, "var(--reached-3)", silence("reached", model)),
          measured(t("head.gap"), { value: whole?.gap ?? null, low: whole?.gap_low ?? null, high: whole?.gap_high ?? null }, max, "var(--gap-3)", silence("gap", model), part === null ? null : t(isTarget ? "head.of_target" : "head.of_need", { share: format.percent(part) })),
        ]),
        whole?.over_need && h("p", { class: "warns" }, t("head.over-need")),
        whole?.over_population && h("p", { class: "warns" }, t("profile.over-population")),
      );
      element.setAttribute("aria-busy", String(model.loading));
    },
  };
}

function figure(label: string, value: string, note: string | HTMLElement): HTMLElement {
  return h("div", { class: "figure" }, h("dt", null, label), h("dd", null, h("span", { class: "big" }, value), typeof note === "string" ? h("span", { class: "range" }, note) : note));
}

/** `silent` is said where there is no value. */
function measured(label: string, parts: Interval, max: number, colour: string, silent: string, part: string | null = null): HTMLElement {
  const { value, low, high } = parts;
  // Ends that read the same are no interval to a reader.
  const same = low !== null && high !== null && format.rounded(low) === format.rounded(high);
  const range = value === null ? silent : same ? format.exact(value) : low === null || high === null ? t("head.interval.none") : t("head.interval", { low: format.rounded(low), high: format.rounded(high) });
  return h(
    "div",
    { class: "figure" },
    h("dt", null, label, part !== null && h("span", null, ` · ${part}`)),
    h("dd", null, h("span", { class: "big" }, format.rounded(value)), interval(parts, max, colour), h("span", { class: "range" }, range)),
  );
}
