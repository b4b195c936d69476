/** Months: a range chosen by its two ends, and two arrows that walk through the operation. */

import { h, icon, refill } from "../dom";
import { folder } from "../folder";
import * as format from "../format";
import { t } from "../i18n";
import type { Model } from "../model";
import type { Store } from "../state";
import { periodName } from "../words";
import type { Control } from "./control";

/** Months since year 0; plain arithmetic on them is calendar arithmetic. */
export const index = (month: string): number => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
export const month = (at: number): string => `${String(Math.floor(at / 12)).padStart(4, "0")}-${String((at % 12) + 1).padStart(2, "0")}`;

/** The range moved by its own length, or `null` where it would leave the operation. From the whole, the first or last month. */
export function stepped(range: { from: string | null; to: string | null }, span: { first: string; last: string }, by: 1 | -1): { from: string; to: string } | null {
  const [first, last] = [index(span.first), index(span.last)];
  if (range.from === null && range.to === null) return by < 0 ? { from: span.last, to: span.last } : { from: span.first, to: span.first };
  const [from, to] = [range.from === null ? first : index(range.from), range.to === null ? last : index(range.to)];
  const length = to - from + 1;
  const next = from + by * length;
  return next < first || next + length - 1 > last ? null : { from: month(next), to: month(next + length - 1) };
}

export function period(store: Store): Control {
  let model: Model | null = null;
  /** The first end, while the second is awaited. */
  let start: string | null = null;

  const value = h("button", { class: "value", type: "button", "aria-haspopup": "dialog", "aria-expanded": "false", onclick: () => toggle() });
  const before = h("button", { class: "step", type: "button", "aria-label": t("period.earlier"), title: t("period.earlier"), onclick: () => step(-1) }, icon("before", "turns"));
  const after = h("button", { class: "step", type: "button", "aria-label": t("period.later"), title: t("period.later"), onclick: () => step(1) }, icon("after", "turns"));
  const popover = h("div", { class: "popover", role: "dialog", "aria-label": t("period.choose"), hidden: true });
  const element = h(
    "div",
    { class: "field", role: "group", "aria-label": t("bar.period"), onkeydown: (event: KeyboardEvent) => event.key === "Escape" && !popover.hidden && (toggle(false), event.stopPropagation()) },
    h("span", { class: "label", id: "period-label" }, t("bar.period")),
    h("div", { class: "period" }, value, before, after),
    popover,
  );
  document.addEventListener("pointerdown", (event) => {
    if (!popover.hidden && !element.contains(event.target as Node)) toggle(false);
  });

  const span = (): { first: string; last: string } | null => {
    const months = model?.operation?.months;
    return months?.first && months.last ? { first: months.first, last: months.last } : null;
  };
  const step = (by: 1 | -1): void => {
    const next = neighbour(by);
    if (next) store.set(next);
  };
  const neighbour = (by: 1 | -1): { from: string; to: string } | null => {
    const known = span();
    if (!known || !model) return null;
    if (!folder) return stepped(model.state, known, by);
    // A folder has single months, and not all of them.
    const { months } = folder;
    const at = model.state.from === null ? (by < 0 ? months.length : -1) : months.indexOf(model.state.from);
    const next = months[at + by];
    return next === undefined ? null : { from: next, to: next };
  };
  const toggle = (open = popover.hidden): void => {
    popover.hidden = !open;
    value.setAttribute("aria-expanded", String(open));
    start = null;
    if (!open) return value.focus();
    draw();
    // A mistyped year at either end does not push what is wanted out of sight.
    const at = [...popover.querySelectorAll<HTMLElement>("[data-month]:not(.outside)")];
    const now = new Date().toISOString().slice(0, 7);
    (popover.querySelector<HTMLElement>("[aria-pressed=true]") ?? at.filter((one) => (one.dataset.month ?? "") <= now).at(-1) ?? at[0] ?? popover.querySelector("button"))?.focus();
  };
  const pick = (chosen: string): void => {
    if (start === null && !folder) {
      start = chosen;
      draw();
      popover.querySelector<HTMLElement>(`[data-month="${chosen}"]`)?.focus();
      return;
    }
    start ??= chosen;
    const [from, to] = start <= chosen ? [start, chosen] : [chosen, start];
    toggle(false);
    store.set({ from, to });
  };
  const draw = (): void => {
    const known = span();
    if (!known || !model) return refill(popover, h("p", null, t("period.none")));
    const { from, to } = model.state;
    const chosen = (cell: string): boolean => (start !== null ? cell === start : (from !== null || to !== null) && (from ?? "") <= cell && cell <= (to ?? "9999-12"));
    const years: HTMLElement[] = [];
    for (let year = Math.floor(index(known.first) / 12); year <= Math.floor(index(known.last) / 12); year += 1) {
      years.push(
        h("h3", null, String(year)),
        h(
          "div",
          { class: "months" },
          Array.from({ length: 12 }, (_, i) => month(year * 12 + i)).map((cell) =>
            h(
              "button",
              {
                type: "button",
                "data-month": cell,
                class: cell < known.first || cell > known.last ? "outside" : null,
                disabled: folder !== null && !folder.months.includes(cell),
                "aria-pressed": String(chosen(cell)),
                onclick: () => pick(cell),
              },
              format.month(cell, "cell"),
              h("span", { class: "reader" }, ` ${cell.slice(0, 4)}`),
            ),
          ),
        ),
      );
    }
    refill(
      popover,
      h("p", { class: "soft", "aria-live": "polite" }, folder ? t("period.hint.folder") : start === null ? t("period.hint") : t("period.hint.second")),
      years,
      h("button", { class: "button", type: "button", onclick: () => (toggle(false), store.set({ from: null, to: null })) }, t("period.clear")),
    );
  };

  return {
    element,
    render(next) {
      model = next;
      refill(value, periodName(next.state), h("span", { class: "reader" }, `, ${t("period.choose")}`));
      before.disabled = neighbour(-1) === null;
      after.disabled = neighbour(1) === null;
      if (!popover.hidden) draw();
    },
  };
}
