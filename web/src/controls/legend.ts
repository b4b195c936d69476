/** The legend: classes with their counts, a small histogram, and the patterns of silence. Each line filters. */

import { h, refill, svg } from "../dom";
import * as format from "../format";
import { many, t } from "../i18n";
import { MEASURE } from "../measures";
import { BINS, classCount, type Legend, type LegendEntry, legendOf, type Model } from "../model";
import { classOf } from "../classes";
import type { Store } from "../state";
import { type Palette, spread } from "../style/palette";
import type { Status } from "../types";
import type { Control } from "./control";
import { measureName } from "../words";
import { swatch } from "./swatch";

export function legend(store: Store, palette: () => Palette): Control {
  const body = h("div");
  const title = h("h2");
  const element = h("details", { class: "corner legend", open: innerWidth > 760 }, h("summary", null, title), body);

  // On a phone it would cover the map: somebody opens it there.
  matchMedia("(max-width: 760px)").addEventListener("change", (phone) => element.toggleAttribute("open", !phone.matches));

  const toggle = (key: string): void => {
    const { only } = store.get();
    store.set({ only: only.includes(key) ? only.filter((one) => one !== key) : [...only, key] });
  };

  return {
    element,
    render(model) {
      const { measure, only } = model.state;
      const def = MEASURE[measure];
      const found = legendOf(model.rows, measure, model.edges);
      const colours = spread(palette().ramps[def.ramp].classes, classCount(model.edges, model.rows, measure));
      const entry = (one: LegendEntry, label: string, sample: HTMLElement): HTMLElement =>
        h(
          "button",
          {
            class: "entry",
            type: "button",
            "data-key": one.key,
            "aria-pressed": String(only.includes(one.key)),
            title: t("legend.filter"),
            onclick: () => toggle(one.key),
          },
          sample,
          h("span", null, label),
          h("span", { class: "count" }, format.exact(one.count), h("span", { class: "reader" }, ` ${many("legend.areas", one.count)}`)),
        );
      const focused = body.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset.key : undefined;
      title.textContent = measureName(model.state);
      refill(
        body,
        bars(found, model, colours),
        h("div", { role: "group", "aria-label": measureName(model.state) }, found.classes.map((one) => entry(one, label(one, def.unit), swatch(one.index === null ? palette().ramps[def.ramp].zero : (colours[one.index] ?? ""), null, palette())))),
        found.silences.length > 0 && h("h3", null, t("legend.known")),
        h(
          "div",
          { role: "group", "aria-label": t("legend.known") },
          found.silences.map((one) =>
            entry(one, t(`status.${one.key as Status}`), one.patterned ? swatch(one.key === "no-need" ? palette()["no-need"] : palette().neutral, one.key as Status, palette()) : h("span", { class: "swatch blank", "aria-hidden": "true" })),
          ),
        ),
        (model.state.from !== null || model.state.to !== null) && h("p", { class: "soft" }, t("legend.fixed")),
        only.length > 0 && h("button", { class: "button", type: "button", onclick: () => store.set({ only: [] }) }, t("legend.clear")),
      );
      if (focused) body.querySelector<HTMLElement>(`[data-key="${CSS.escape(focused)}"]`)?.focus();
      element.hidden = model.rows.length === 0;
    },
  };
}

/** What a class is called. */
export function label({ key, from, to }: LegendEntry, unit: "people" | "share" | "count" | "km2"): string {
  const say = (value: number): string => (unit === "share" ? format.percent(value) : format.exact(value));
  if (key === "zero") return t("legend.zero");
  if (from === null && to === null) return t("legend.above", { from: say(1) });
  // Counts are said as people count: 1–2, 3–5, not "under 3".
  if (unit === "count") {
    const [low, high] = [from ?? 1, to === null ? null : to - 1];
    if (high === null) return t("legend.above", { from: say(low) });
    return low === high ? say(low) : t("legend.between", { from: say(low), to: say(high) });
  }
  if (from === null) return t("legend.below", { to: say(to as number) });
  if (to === null) return t("legend.above", { from: say(from) });
  return t("legend.between", { from: say(from), to: say(to) });
}

/** How many areas have which value, in the colours of the classes, with the breaks between them. */
function bars({ histogram: { counts, max } }: Legend, model: Model, colours: readonly string[]): SVGElement | null {
  const top = Math.max(...counts);
  if (!(max > 0) || top === 0) return null;
  const [width, height] = [224, 36];
  const step = width / BINS;
  return svg(
    "svg",
    { class: "histogram", viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "none", role: "img", "aria-label": t("legend.histogram") },
    counts.map((count, bin) => {
      if (count === 0) return null;
      // Square root, so that single far areas stay visible beside crowded bins.
      const tall = Math.max(2, Math.sqrt(count / top) * (height - 4));
      const colour = colours[classOf(((bin + 0.5) / BINS) * max, model.edges)] ?? "currentColor";
      return svg("rect", { x: bin * step, y: height - 1 - tall, width: step - 1, height: tall, fill: colour });
    }),
    svg("line", { x1: 0, x2: width, y1: height - 0.5, y2: height - 0.5, stroke: "var(--line-strong)", "stroke-width": 1 }),
  );
}
