/** The four figures that answer first: how many in need, reached, not reached, and where is nobody. */

import { h, refill } from "../dom";
import * as format from "../format";
import { t } from "../i18n";
import { MEASURE, share } from "../measures";
import type { Model } from "../model";
import { periodName, sectorName } from "../words";
import { type Interval, interval } from "./interval";

export function headline(): { element: HTMLElement; render(model: Model): void } {
  const element = h("div", { class: "head" });
  return {
    element,
    render(model) {
      const { state, whole } = model;
      const max = Math.max(whole?.in_need ?? 0, whole?.reached_high ?? 0, whole?.gap_high ?? 0);
      const def = MEASURE[state.measure];
      const unmeasured = def.space !== undefined && !model.loading && model.rows.length > 0 && model.rows.every((row) => def.value(row) === null);
      const nobody = model.rows.filter((row) => row.status === "no-report").length;
      refill(
        element,
        h("h1", null, t(`measure.${state.measure}`)),
        h("p", { class: "about" }, [sectorName(model.operation, state.sector), periodName(state)].join(" · ")),
        h("p", { class: "about note" }, t(`measure.${state.measure}.note`)),
        model.gaps?.need_cycles?.includes(",") && h("p", { class: "notice plain" }, t("head.cycles", { cycles: model.gaps.need_cycles.replaceAll("/", " – ") })),
        unmeasured && h("p", { class: "notice plain" }, t("head.no-population")),
        model.operation?.note && h("p", { class: "about" }, model.operation.note),
        h("dl", { class: "figures" }, [
          figure(t("head.in_need"), format.rounded(whole?.in_need), model.gaps?.derived ? h("span", { class: "range", title: t("head.derived") }, format.exact(whole?.in_need)) : format.exact(whole?.in_need)),
          figure(t("head.nobody"), model.gaps ? format.exact(nobody) : format.DASH, t("head.nobody.of", { count: format.exact(model.rows.length) })),
          measured(t("head.reached"), { value: whole?.reached ?? null, low: whole?.reached_low ?? null, high: whole?.reached_high ?? null }, max, "var(--reached-3)"),
          measured(t("head.gap"), { value: whole?.gap ?? null, low: whole?.gap_low ?? null, high: whole?.gap_high ?? null }, max, "var(--gap-3)", share(whole, whole?.gap)),
        ]),
      );
      element.setAttribute("aria-busy", String(model.loading));
    },
  };
}

function figure(label: string, value: string, note: string | HTMLElement): HTMLElement {
  return h("div", { class: "figure" }, h("dt", null, label), h("dd", null, h("span", { class: "big" }, value), typeof note === "string" ? h("span", { class: "range" }, note) : note));
}

function measured(label: string, parts: Interval, max: number, colour: string, part: number | null = null): HTMLElement {
  const { value, low, high } = parts;
  // Ends that read the same are no interval to a reader.
  const same = low !== null && high !== null && format.rounded(low) === format.rounded(high);
  const range = value === null ? t("head.silent") : same ? format.exact(value) : low === null || high === null ? t("head.interval.none") : t("head.interval", { low: format.rounded(low), high: format.rounded(high) });
  return h(
    "div",
    { class: "figure" },
    h("dt", null, label, part !== null && h("span", null, ` · ${t("head.of_need", { share: format.percent(part) })}`)),
    h("dd", null, h("span", { class: "big" }, format.rounded(value)), interval(parts, max, colour), h("span", { class: "range" }, range)),
  );
}
