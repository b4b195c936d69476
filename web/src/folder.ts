/**
 * A page without a server: a folder of answers that were asked for beforehand (`lacuna publish`). The page asks the
 * same questions of it; it has fewer of them.
 */

import type { Tile } from "./map/geo";

export interface Folder {
  /** The answer to a question that the page would ask the server by this address. */
  get(url: string): Promise<unknown>;
  tile(level: number, tile: Tile): Promise<ArrayBuffer>;
  /** Months whose figures are there, in their order. */
  months: readonly string[];
  /** The table of a level and sector, over the whole operation. */
  table(level: number, sector: string): string;
  icon: string;
  /** The deepest zoom there are tiles of. */
  deepest: number;
}

/** `null` on the page of a server. */
export let folder: Folder | null = null;

export function openFolder(opened: Folder): void {
  folder = opened;
}
