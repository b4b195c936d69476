/** Everything the import view asks the server. Every question shows the token. */

import { Refused, home } from "../api";
import type { Decided, Import, ImportChange as Change, ImportSummary, Imports, Review, ReviewItem, RolledBack } from "../api-types";
import { save } from "../dom";
import { bearer } from "../token";
import type { Problem } from "../types";

export type { ImportChange as Change, ImportColumn as Column, ImportCounts as Counts, ImportIssue as Issue, ReviewItem, RolledBack } from "../api-types";

/** An import in a list. */
export type Short = ImportSummary & Seen;

/** An import, whole. The members of a reading are there once it has been read. */
export type Document = Import & Seen;

export type Changes = NonNullable<ImportSummary["changes"]>;

/** In the order in which an operation is built up. */
export const KINDS = ["areas", "population", "needs", "sites", "activities"] as const satisfies readonly ImportSummary["kind"][];
export type Kind = (typeof KINDS)[number];

interface Seen {
  /** The server does not answer for the moment: this is what it said last. */
  away?: boolean;
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

export const list = async (op: string): Promise<Short[]> => (await ask<Imports>("GET", imports(op))).imports;
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

const queue = (op: string): string => `${home(op)}/review`;
export const reviewed = async (op: string): Promise<ReviewItem[]> => (await ask<Review>("GET", queue(op))).items;
/** What a name is (`null`: none of the suggestions), or that what was said of it holds no longer. */
export type Word = Pick<ReviewItem, "kind" | "key"> & ({ value: string | null } | { undo: true });
export const decide = (op: string, decisions: Word[]): Promise<Decided> => ask("POST", queue(op), { decisions });

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
