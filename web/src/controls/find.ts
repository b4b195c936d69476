/** What a text finds among areas of every level, partners and sites: spelling marks aside. Pure. */

import type { Ladder } from "../ladder";

export interface Hit {
  kind: "area" | "partner" | "site";
  text: string;
  /** P-code of the area it is or lies in; id of the partner. */
  id: string | null;
  /** Of an area. */
  level: number | null;
  /** Of an area: the name of the one above. */
  within: string | null;
}

const MOST = 12;

export const fold = (text: string): string => text.normalize("NFD").replaceAll(/\p{Diacritic}/gu, "").toLowerCase();

/** Names that begin with the text come first, and of these the areas of the level that is shown. */
export function find(areas: Ladder, others: readonly Hit[], text: string, level: number | null): Hit[] {
  const wanted = fold(text.trim());
  if (!wanted) return [];
  const places = areas.all.filter((one) => one.level > 0).map((one): Hit => ({ kind: "area", text: one.name, id: one.pcode, level: one.level, within: (one.parent === null ? null : areas.get(one.parent)?.name) ?? null }));
  const rank = (hit: Hit): number => (fold(hit.text).startsWith(wanted) ? 0 : 2) + (hit.kind === "area" && hit.level !== level ? 1 : 0);
  return [...places, ...others]
    .filter((hit) => fold(`${hit.text} ${hit.kind === "area" ? hit.id : ""}`).includes(wanted))
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, MOST);
}
