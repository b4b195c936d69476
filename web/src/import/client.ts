/** Everything the import view asks the server. Every question shows the token. */

import { type Offered, Refused, home } from "../api";
import { save } from "../dom";
import { bearer } from "../token";
import type { Problem } from "../types";

export const KINDS = ["areas", "population", "needs", "sites", "activities"] as const;
export type Kind = (typeof KINDS)[number];

export interface Counts {
  rows: number;
  accepted: number;
  accepted_with_warnings: number;
  rejected: number;
  copies: number;
}

export interface Changes {
  new: number;
  changed: number;
  unchanged: number;
  gone: number;
}

/** An import in a list. */
export interface Short {
  id: string;
  state: "reading" | "ready" | "committing" | "committed" | "failed";
  step?: "opening" | "reading" | "comparing" | "writing" | "done";
  rows_done?: number;
  share?: number | null;
  at: string;
  file: string;
  /** The sheet that was read. */
  sheet?: string | null;
  /** The sheet that its sender named. */
  asked_sheet?: string | null;
  /** Sheets of the file with the same headers, which stay out. */
  alike?: string[];
  bytes?: number;
  kind?: Kind | "rollback" | "review";
  /** The submission that it undid. */
  undoes?: number | null;
  /** How many decisions were made at once, where it is no file. */
  decisions?: number | null;
  counts?: Counts;
  changes?: Changes;
  /** The operation has changed since the file was compared with it. */
  outdated?: boolean;
  error?: string | null;
  /** The server does not answer for the moment: this is what it said last. */
  away?: boolean;
  /** What a failed file of boundaries has, so that somebody can say which of it is the P-code. */
  offered?: Offered[];
  /** Every row was rejected: why there is nothing to commit. */
  nothing_accepted?: string | null;
  revision?: number | null;
  submission?: number | null;
  /** Rows of it that are in use now. */
  rows_current?: number;
  /** It was rolled back, at this revision. */
  rolled_back?: number | null;
}

export interface Column {
  index: number;
  letters: string;
  header: string;
  tag: string;
  field: string | null;
  confidence: number;
  reason: string;
  personal: boolean;
  values: string[];
}

export interface Issue {
  code: string;
  message: string;
  remedy: string;
  count: number;
  rejects: boolean;
  examples: { row: number; column: string; value: string; detail: string }[];
}

/** What a rollback did. */
export interface RolledBack {
  submission: number;
  revision: number | null;
  said: string;
}

/** An import, whole. The members of a reading are there once it has been read. */
export interface Document extends Short {
  kind_reason?: string;
  kinds?: { kind: Kind; score: number; reason: string }[];
  asked?: { kind: Kind | null; sheet: string | null; header_row: number | null; columns: Record<string, string | null>; sector: string | null; cycle: string | null; level: number | null; replaces: number | null };
  format?: string;
  sheets?: { name: string; rows: number | null; chosen: boolean }[];
  header_row?: number | null;
  hxl_row?: number | null;
  first_row?: number;
  choice?: string;
  columns?: Column[];
  fields?: { name: string; doc: string }[];
  preview?: { row: number; cells: string[] }[];
  placed?: number[];
  issues?: Issue[];
  remarks?: string[];
  dropped_personal?: string[];
  /** Some of the rows that are new, change or go. */
  differences?: { happens: "new" | "changed" | "gone"; row: number; what: string; fields: { field: string; before: string; after: string }[] }[];
  earlier?: { submission: number; file: string; at: string; shared: number; near: number; differs: string[]; missing: number } | null;
}

export interface Change {
  kind?: Kind | null;
  sheet?: string | null;
  header_row?: number | null;
  columns?: Record<string, string | null>;
  sector?: string | null;
  cycle?: string | null;
  level?: number | null;
  replaces?: number | null;
}

const imports = (op: string): string => `${home(op)}/imports`;
const at = (op: string, id: string): string => `${imports(op)}/${encodeURIComponent(id)}`;

async function ask<T>(method: string, url: string, body?: unknown): Promise<T> {
  let answer: Response;
  const json = body === undefined ? {} : { body: JSON.stringify(body) };
  try {
    answer = await fetch(url, { method, headers: { accept: "application/json", ...bearer(), ...(body === undefined ? {} : { "content-type": "application/json" }) }, ...json });
  } catch {
    throw new Refused(0, "", "");
  }
  if (!answer.ok) throw await refusal(answer.status, await answer.text());
  return answer.status === 204 ? (undefined as T) : ((await answer.json()) as T);
}

function refusal(status: number, text: string): Refused {
  let problem: Partial<Problem> = {};
  try {
    problem = JSON.parse(text) as Partial<Problem>;
  } catch {
    // A proxy's own page says nothing to a reader.
  }
  return new Refused(status, problem.title ?? "", problem.detail ?? "", problem.columns ?? []);
}

export const list = async (op: string): Promise<Short[]> => (await ask<{ imports: Short[] }>("GET", imports(op))).imports;
export const one = (op: string, id: string): Promise<Document> => ask("GET", at(op, id));
export const change = (op: string, id: string, what: Change): Promise<Document> => ask("PATCH", at(op, id), what);

/** Has a draft read in another way, and tells how far that is; a refusal leaves it as it was. */
export async function reread(op: string, id: string, what: Change, told: (now: Document) => void): Promise<Document> {
  let done = false;
  const answer = change(op, id, what).finally(() => (done = true));
  void (async () => {
    for (let pause = 300; ; pause = Math.min(1000, pause * 1.2)) {
      await new Promise((next) => setTimeout(next, pause));
      if (done) return;
      const now = await one(op, id).catch(() => null);
      if (!done && now && busy(now)) told(now);
    }
  })();
  return answer;
}

/** A draft with figures that hold: compared again where the operation has changed since. */
export async function current(op: string, id: string, told: (now: Document) => void): Promise<Document> {
  let now = await settled(op, await one(op, id), told);
  while (now.outdated) now = await reread(op, id, {}, told);
  return now;
}

/** Another sheet of the same file, read as a draft of its own. */
export const copy = (op: string, id: string, sheet: string): Promise<Document> => ask("POST", `${at(op, id)}/copy?${new URLSearchParams({ sheet })}`);

/** The connection was cut while a file was committed, and it is known now that nothing was. */
export class NotCommitted extends Error {}

/** Whether the answer was lost on its way: what was asked for may have been done. */
export const isLost = (error: unknown): boolean => error instanceof Refused && [0, 502, 504].includes(error.status);

/**
 * Commits a draft. Where the answer is lost nobody knows whether it was committed: `unsure` is told, and
 * the server is asked until it says.
 */
export async function commit(op: string, id: string, unsure: () => void = () => undefined): Promise<Document> {
  try {
    return await ask("POST", `${at(op, id)}/commit`);
  } catch (error) {
    if (!isLost(error)) throw error;
    unsure();
    const now = await settled(op, { id, state: "committing" } as Document, () => undefined);
    if (now.state === "committed") return now;
    throw new NotCommitted();
  }
}
export const rollback = (op: string, id: string): Promise<RolledBack> => ask("POST", `${at(op, id)}/rollback`);
export const discard = (op: string, id: string): Promise<void> => ask("DELETE", at(op, id));

/** A name that somebody decides about once, for all rows that use it. */
export interface ReviewItem {
  kind: "place" | "partner";
  key: string;
  said: string;
  /** The area it was said to lie in. */
  where: string | null;
  level: number | null;
  rows: number;
  people: number | null;
  candidates: { value: string; name: string; parent: string | null; confidence: number; method: string }[];
  state: "waiting" | "used" | "confirmed" | "dismissed";
}

const queue = (op: string): string => `${home(op)}/review`;
export const reviewed = async (op: string): Promise<ReviewItem[]> => (await ask<{ items: ReviewItem[] }>("GET", queue(op))).items;
/** What a name is (`null`: none of the suggestions), or that what was said of it holds no longer. */
export type Word = { kind: string; key: string } & ({ value: string | null } | { undo: true });
export const decide = (op: string, decisions: Word[]): Promise<{ revision: number | null; said?: string }> => ask("POST", queue(op), { decisions });

/** A report as a file, saved by the browser: a link cannot show the token. */
export async function download(op: string, id: string, format: "csv" | "xlsx", name: string): Promise<void> {
  let answer: Response;
  try {
    answer = await fetch(`${at(op, id)}/report?f=${format}`, { headers: bearer() });
  } catch {
    throw new Refused(0, "", "");
  }
  if (!answer.ok) throw refusal(answer.status, await answer.text());
  save(await answer.blob(), name);
}

export interface Told {
  kind?: Kind;
  header_row?: string;
  cycle?: string;
  level?: string;
  columns?: Record<string, string>;
  name?: string;
  household_size?: string;
}

/** Sends a file; `progress` is told the share that is on its way (0-1). */
export function send(op: string, file: File, { columns = {}, ...told }: Told, progress: (share: number) => void): { sent: Promise<Document>; stop: () => void } {
  const query = new URLSearchParams({ file: file.name });
  for (const [name, value] of Object.entries(told)) if (value) query.set(name, value as string);
  for (const [header, field] of Object.entries(columns)) query.append("column", `${header}=${field}`);
  const request = new XMLHttpRequest();
  const sent = new Promise<Document>((resolve, reject) => {
    request.open("POST", `${imports(op)}?${query}`);
    for (const [name, value] of Object.entries(bearer())) request.setRequestHeader(name, value);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.upload.onprogress = ({ loaded, total, lengthComputable }) => progress(lengthComputable && total > 0 ? loaded / total : 0);
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as Document);
      else reject(refusal(request.status, request.responseText));
    };
    request.onerror = () => reject(new Refused(0, "", ""));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
  });
  request.send(file);
  return { sent, stop: () => request.abort() };
}

/** The kind of a file; a rollback or a decision is no file. */
export const fileKind = (kind: Short["kind"]): Kind | null => KINDS.find((one) => one === kind) ?? null;

export const busy = ({ state }: Short): boolean => state === "reading" || state === "committing";

/** Looks at an import until nothing is being done with it any more, and tells each look; a line that is away is waited for. */
export async function settled(op: string, first: Document, told: (now: Document) => void): Promise<Document> {
  let now = first;
  let pause = 200;
  while (busy(now)) {
    await new Promise((done) => setTimeout(done, pause));
    try {
      now = await one(op, now.id);
      pause = Math.min(1000, pause * 1.2);
      told(now);
    } catch (error) {
      if (!isLost(error)) throw error;
      pause = Math.min(5000, pause * 1.5);
      told({ ...now, away: true });
    }
  }
  return now;
}
