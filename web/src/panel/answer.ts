/** What the headline says of the figures: where nobody is, and why a figure is not there. Pure. */

import * as format from "../format";
import { many, t } from "../i18n";
import { baseOf, type Row } from "../measures";
import type { Presence } from "../ladder";
import type { Model } from "../model";
import type { GapFigure } from "../types";

const isEmpty = ({ figure }: Row): boolean => figure !== null && figure.partners === 0 && figure.partners_planned === 0;

/** Areas where no partner works and none plans to, whatever is known of their need. */
export function nobody(rows: readonly Row[]): { count: number; note: string } {
  const empty = rows.filter(isEmpty);
  const calm = empty.filter((row) => row.status === "no-need").length;
  return { count: empty.length, note: t("head.nobody.of", { count: format.exact(rows.length) }) + (calm > 0 ? t("head.nobody.no-need", { count: format.exact(calm) }) : "") };
}

type Asked = Pick<Model, "loading" | "gaps" | "whole" | "state">;

/** Why there is no figure: not answered yet or at all, not known, or not reported. */
export function silence(kind: "need" | "reached" | "gap", { loading, gaps, whole, state }: Asked): string {
  if (gaps === null || whole === null) return t(loading ? "head.counting" : "head.unanswered");
  if (kind === "need" || (kind === "gap" && baseOf(whole, state.basis) === null)) return t(kind === "gap" && state.basis === "targeted" ? "head.target-unknown" : "head.need-unknown");
  return unreported(whole);
}

function unreported({ partners, partners_planned }: GapFigure): string {
  if (partners > 0) return t("head.silent");
  return t(partners_planned > 0 ? "head.planned-only" : "head.no-report");
}

/** What the need figures that there are do not say, if nothing else says it. */
export function aboutNeed({ gaps, whole, rows, state, operation }: Pick<Model, "gaps" | "whole" | "rows" | "state" | "operation">): string | null {
  if (gaps === null || whole === null) return null;
  if (whole.in_need !== null) return rows.length > 0 && rows.every((row) => row.figure?.in_need === null) ? t("head.need-above") : null;
  const imported = operation?.sectors.find((one) => one.code === state.sector)?.needs ?? 0;
  if (imported === 0) return state.sector === "ALL" ? null : t("head.need-sector");
  if (state.from !== null || state.to !== null) return t("head.need-period");
  return state.group === "all" ? null : t("head.need-group");
}

/** Whose areas alone are shown, and what of that partner is not on the map. */
export function aboutPartner({ name, areas, rows, unplaced }: Presence): string {
  if (rows === 0) return t("head.partner.none", { partner: name });
  return [many("head.partner", areas.size, { partner: name }), unplaced > 0 && many("head.partner.unplaced", unplaced)].filter(Boolean).join(" ");
}
