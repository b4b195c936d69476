import assert from "node:assert/strict";
import test from "node:test";
import { loader } from "../src/loader";
import type { Model } from "../src/model";
import { INITIAL, type State, type Store } from "../src/state";

/** A server of one operation with one area, and a page that asks it. */
function page(first: Partial<State> = {}) {
  const server = { away: false, revision: 1, asked: [] as string[] };
  globalThis.location = { href: "http://host/", search: "" } as Location;
  globalThis.fetch = (async (url: string) => {
    server.asked.push(url);
    if (server.away) throw new TypeError("away");
    const { pathname } = new URL(url, "http://host");
    const body = pathname === "/api" ? { operations: [{ id: "op", name: "Op", revision: server.revision }] } : pathname === "/api/op" ? { title: "Op", revision: server.revision, levels: [{ level: 1, name: "ADM1", count: 1 }], lowest_need_level: 1, sectors: [{ code: "ALL", needs: 1 }, { code: "WSH", needs: 1 }], groups: [] } : { revision: server.revision, links: [], sources: [], features: [{ properties: { pcode: "A", name: "A", status: "partial", gap: 5, in_need: 9 } }] };
    return new Response(JSON.stringify(body));
  }) as typeof fetch;
  let state: State = { ...INITIAL, op: "op", ...first };
  const listeners: ((state: State) => void)[] = [];
  const store: Store = { get: () => state, set: (change) => ((state = { ...state, ...change }), listeners.forEach((one) => one(state))), listen: (one) => void listeners.push(one as never) };
  const drawn: { rows: number; error: boolean }[] = [];
  const made = loader(store, (model: Model) => drawn.push({ rows: model.rows.length, error: model.error !== null }), () => undefined);
  store.listen((now) => void made.refresh(now));
  const quiet = (): Promise<void> => new Promise((done) => setTimeout(done, 20));
  return { server, store, made, drawn, quiet };
}

test("a_change_that_fails_leaves_address_and_figures_as_they_were_and_is_asked_again", async () => {
  const { server, store, made, quiet } = page();
  await made.refresh(store.get());
  server.away = true;
  store.set({ sector: "WSH" });
  await quiet();
  assert.equal(made.model.error?.status, 0);
  assert.deepEqual([store.get().sector, made.model.state.sector, made.model.rows.length], ["ALL", "ALL", 1]);
  // Trying again in vain empties nothing.
  await made.again();
  await quiet();
  assert.deepEqual([store.get().sector, made.model.rows.length, made.model.operation?.title, made.model.operations?.length], ["ALL", 1, "Op", 1]);
  server.away = false;
  await made.again();
  await quiet();
  assert.deepEqual([store.get().sector, made.model.state.sector, made.model.error], ["WSH", "WSH", null]);
});

test("a_new_revision_takes_the_place_of_the_old_one_and_nothing_is_empty_between", async () => {
  const { server, store, made, drawn } = page();
  await made.refresh(store.get());
  drawn.length = 0;
  server.revision = 2;
  await made.again();
  assert.equal(made.model.operation?.revision, 2);
  assert.ok(drawn.length > 0 && drawn.every(({ rows }) => rows === 1));
});

test("a_sector_that_is_not_there_is_said", async () => {
  const { store, made, quiet } = page({ sector: "ZZZ" });
  await made.refresh(store.get());
  await quiet();
  assert.deepEqual([store.get().sector, made.model.unknownSector], ["ALL", "ZZZ"]);
  store.set({ sector: "WSH" });
  await quiet();
  assert.equal(made.model.unknownSector, null);
});
