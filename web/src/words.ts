/** Names of things that come as codes, in words: the dictionary's where it has them, else the server's. */

import * as format from "./format";
import { beside, maybe, t } from "./i18n";
import { INITIAL, type State } from "./state";
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

type Question = Pick<State, "sector" | "from" | "to" | "group" | "basis">;

/** What is asked for besides what everybody expects: a group of people, or another base. */
export const unusualWords = ({ group, basis }: Question): string[] => [group === INITIAL.group ? "" : groupName(group), basis === INITIAL.basis ? "" : t("about.targeted")].filter(Boolean);

/** What is asked, in words: every figure says what it is a figure of. */
export const questionWords = (operation: Operation | null, state: Question, style: "long" | "short" = "short"): string => beside([sectorName(operation, state.sector), periodName(state, style), ...unusualWords(state)]);

/** Which figures these are: a revision, or a draft upon it that only its sender sees. */
export const standing = (revision: number, { draft }: Pick<State, "draft">): string => (draft === null ? t("profile.revision", { revision }) : t("note.preview", { revision: revision - 1 }));

type Measured = Pick<State, "measure" | "basis">;
/** A measure, and a sentence about it, as they are called against the base that is chosen. */
export const measureName = ({ measure, basis }: Measured): string => maybe(`measure.${measure}.${basis}`, t(`measure.${measure}`));
export const measureNote = ({ measure, basis }: Measured): string => maybe(`measure.${measure}.note.${basis}`, t(`measure.${measure}.note`));

export function periodName({ from, to }: Pick<State, "from" | "to">, style: "long" | "short" = "short"): string {
  if (from === null && to === null) return t("period.all");
  if (from === null) return t("period.to", { month: format.month(to as string, style) });
  if (to === null) return t("period.from", { month: format.month(from, style) });
  if (from === to) return format.month(from, "long");
  return format.months(from, to, style);
}
