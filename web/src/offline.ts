/**
 * The service worker: keeps the page and the last answers, so that the last operation opens without
 * network. The network always comes first; kept answers are marked, and the page says so.
 */

declare const FILES: readonly string[];
/** The file of each language but English. */
declare const WORDS: Readonly<Record<string, string>>;
declare const VERSION: string;

interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}

/** The path of the page: this worker lies beside it, and others may be at the same host. */
const ROOT = new URL("./", location.href).pathname;
const OWN = `lacuna ${ROOT} `;
const PAGE = `${OWN}page ${VERSION}`;
/** Answers that are kept, and how many: those that were asked for last. Tiles are small and many. */
const DATA = { name: `${OWN}data`, most: 80 };
const TILES = { name: `${OWN}tiles`, most: 800 };
/** Words of languages that were spoken; those of the browser's list come with the page. */
const SPOKEN = { name: `${OWN}words`, most: 4 };
type Kept = typeof DATA;
const worker = self as unknown as EventTarget & { skipWaiting(): Promise<void>; clients: { claim(): Promise<void> } };

worker.addEventListener("install", (event) => {
  const work = async (): Promise<void> => {
    const spoken = navigator.languages.map((tag) => tag.split("-")[0] ?? "").find((code) => code === "en" || code in WORDS);
    await (await caches.open(PAGE)).addAll([...FILES, ...[WORDS[spoken ?? ""] ?? []].flat()]);
    await worker.skipWaiting();
  };
  (event as ExtendableEvent).waitUntil(work());
});

worker.addEventListener("activate", (event) => {
  const work = async (): Promise<void> => {
    for (const name of await caches.keys()) if (name.startsWith(OWN) && ![PAGE, DATA.name, TILES.name, SPOKEN.name].includes(name)) await caches.delete(name);
    await worker.clients.claim();
  };
  (event as ExtendableEvent).waitUntil(work());
});

worker.addEventListener("fetch", (event) => {
  const { request, respondWith } = event as FetchEvent;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin || url.pathname.includes("/export.")) return;
  // What needs the token is for one person: it is never kept.
  if (request.headers.has("authorization")) return;
  if (!url.pathname.startsWith(ROOT)) return;
  const path = url.pathname.slice(ROOT.length);
  if (path === "api" || path.startsWith("api/")) respondWith.call(event, fresh(request, url.pathname.includes("/tiles/") ? TILES : DATA));
  else if (path.startsWith("assets/")) respondWith.call(event, kept(request));
  else if (path === "") respondWith.call(event, page(request));
});

/** Assets never change under one name. */
async function kept(request: Request): Promise<Response> {
  const known = await caches.match(request);
  if (known) return known;
  const code = /\/([a-z]+)-[^/]*\.js$/.exec(request.url)?.[1] ?? "";
  return code in WORDS ? fresh(request, SPOKEN) : fetch(request);
}

async function page(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const known = await caches.match(ROOT);
    if (known) return known;
    throw error;
  }
}

async function fresh(request: Request, { name, most }: Kept): Promise<Response> {
  const store = await caches.open(name);
  try {
    const answer = await fetch(request);
    if (answer.ok) {
      await store.put(request, answer.clone());
      const names = await store.keys();
      for (const old of names.slice(0, Math.max(0, names.length - most))) await store.delete(old);
    }
    return answer;
  } catch (error) {
    const known = await store.match(request);
    if (!known) throw error;
    const headers = new Headers(known.headers);
    headers.set("x-lacuna-kept", "1");
    return new Response(known.body, { status: known.status, headers });
  }
}
