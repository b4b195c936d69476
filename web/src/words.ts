/** Names of things that come as codes, in words: the dictionary's where it has them, else the server's. */

import * as format from "./format";
import { maybe, t } from "./i18n";
import type { State } from "./state";
import type { Operation } from "./types";

export function sectorName(operation: Operation | null, code: string): string {
  const known = operation?.sectors.find((one) => one.code === code)?.name;
  return maybe(`sector.${code}`, known ?? code);
}

export function levelName(operation: Operation | null, level: number): string {
  const known = operation?.levels.find((one) => one.level === level)?.name;
  return known || t("level.n", { level });
}

/** A code such as `water_point` as words. */
export const plain = (code: string | null): string => (code ?? "").replaceAll(/[_-]+/g, " ");

export function groupName(code: string): string {
  return maybe(`group.${code}`, plain(code));
}

export function periodName({ from, to }: Pick<State, "from" | "to">, style: "long" | "short" = "short"): string {
  if (from === null && to === null) return t("period.all");
  if (from === null) return t("period.to", { month: format.month(to as string, style) });
  if (to === null) return t("period.from", { month: format.month(from, style) });
  if (from === to) return format.month(from, "long");
  return format.months(from, to, style);
}
