/** Areas of all levels above one another. */

export interface Rung {
  pcode: string;
  name: string;
  level: number;
  parent: string | null;
}

export interface Ladder {
  all: readonly Rung[];
  get(pcode: string): Rung | undefined;
  /** The area of a level that holds this one, itself included; `null` where it is coarser or not known. */
  at(pcode: string | null, level: number): string | null;
}

export function ladder(all: readonly Rung[]): Ladder {
  const known = new Map(all.map((one) => [one.pcode, one]));
  return {
    all,
    get: (pcode) => known.get(pcode),
    at(pcode, level) {
      let here = pcode === null ? undefined : known.get(pcode);
      // Each step is one level up, so that it ends.
      while (here && here.level > level) here = here.parent === null ? undefined : known.get(here.parent);
      return here?.level === level ? here.pcode : null;
    },
  };
}

/** Where a partner works: the areas of a level, and how many of its rows say no area so fine. */
export interface Presence {
  id: string;
  name: string;
  areas: ReadonlySet<string>;
  rows: number;
  unplaced: number;
}

export function presence(id: string, name: string, held: readonly (string | null)[], rungs: Ladder, level: number): Presence {
  const areas = held.map((pcode) => rungs.at(pcode, level));
  return { id, name, areas: new Set(areas.filter((one) => one !== null)), rows: held.length, unplaced: areas.filter((one) => one === null).length };
}
