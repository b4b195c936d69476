/**
 * The files of a published folder. Data come as scripts, because a browser that opened the page from a disk fetches
 * nothing else; each holds one document, compressed. Tiles are read in parts from their archive where a host serves it.
 */

import { PMTiles, type RangeResponse, type Source } from "pmtiles";
import { Refused } from "../api";
import type { Folder } from "../folder";
import type { Items, Operation } from "../types";

/** What the folder says about itself (`data/operation.js`). */
interface About {
  id: string;
  operation: Operation;
  /** Where the areas of each level are. */
  places: Record<string, Items<object>>;
  months: string[];
  deepest: number;
}

/** Figures of one sector and period (`data/SECTOR/PERIOD.js`), by level. */
type Figures = Record<string, Items<object>>;

declare global {
  interface Window {
    /** Called by every data file. */
    lacuna?: (name: string, base64: string) => void;
  }
}

const arrived = new Map<string, string>();
const asked = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
window.lacuna = (name, base64) => void arrived.set(name, base64);

/** The bytes that a script of the folder holds, once. */
function script(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const known = asked.get(name);
  if (known) return known;
  const loading = new Promise<Uint8Array<ArrayBuffer>>((resolve, reject) => {
    const element = document.createElement("script");
    element.src = `${name}.js`;
    element.onload = () => {
      const base64 = arrived.get(name);
      arrived.delete(name);
      element.remove();
      if (base64 === undefined) return reject(new Error(`${name}.js holds nothing`));
      resolve(Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0)));
    };
    element.onerror = () => {
      element.remove();
      asked.delete(name);
      reject(new Refused(0, "", ""));
    };
    document.head.append(element);
  });
  asked.set(name, loading);
  return loading;
}

async function json<T>(name: string): Promise<T> {
  const plain = new Blob([await script(name)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return (await new Response(plain).json()) as T;
}

/** An archive of tiles: in parts from a host that serves parts, whole from one that does not, from a script on a disk. */
class Archive implements Source {
  private whole: Promise<ArrayBuffer> | null = null;
  constructor(private readonly name: string) {}

  getKey(): string {
    return this.name;
  }

  async getBytes(offset: number, length: number): Promise<RangeResponse> {
    if (!this.whole && location.protocol === "file:") this.whole = script(this.name).then((bytes) => bytes.buffer);
    if (this.whole) return { data: (await this.whole).slice(offset, offset + length) };
    const answer = await fetch(`${this.name}.pmtiles`, { headers: { range: `bytes=${offset}-${offset + length - 1}` } });
    if (!answer.ok) throw new Refused(answer.status, answer.statusText, "");
    if (answer.status === 206) return { data: await answer.arrayBuffer() };
    this.whole = answer.arrayBuffer();
    return { data: (await this.whole).slice(offset, offset + length) };
  }
}

export async function openedFolder(): Promise<Folder> {
  const { id, operation, places, months, deepest } = await json<About>("data/operation");
  const archives = new Map<number, PMTiles>();
  const listed = { operations: [{ id, name: operation.title, note: operation.note, revision: operation.revision, revised_at: operation.revised_at }] };

  /** Months as the page asks for them; `null` where the folder has no such period. */
  const period = (datetime: string | null): string | null => {
    if (datetime === null) return "all";
    const [from, to] = datetime.split("/").map((day) => day.slice(0, 7));
    return from !== undefined && from === to && months.includes(from) ? from : null;
  };

  async function get(url: string): Promise<unknown> {
    const { pathname, searchParams: given } = new URL(url, "http://folder");
    const path = pathname.split("/").slice(3).join("/");
    const level = given.get("level") ?? "";
    if (pathname === "/api") return listed;
    if (path === "") return operation;
    if (path === "collections/areas/items") return places[level];
    const when = period(given.get("datetime"));
    if (path === "collections/gaps/items" && when !== null) return (await json<Figures>(`data/${given.get("sector") ?? "ALL"}/${when}`))[level];
    throw new Refused(404, "Not in this folder", "This folder has the whole operation, and single months.");
  }

  return {
    get,
    async tile(level, { z, x, y }) {
      let archive = archives.get(level);
      if (!archive) archives.set(level, (archive = new PMTiles(new Archive(`tiles/areas-${level}`))));
      return (await archive.getZxy(z, x, y))?.data ?? new ArrayBuffer(0);
    },
    months,
    table: (level, sector) => `tables/gaps-adm${level}-${sector}.csv`,
    icon: "page/icon.svg",
    deepest,
  };
}
