import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OPTIONS, URL_BASE, drawn, go, launch, mapped, open, operation, real, rows, sent, settled, shoot } from "./help.mjs";

/** Everything a first visit may weigh on the wire: page, script, map library and the demo's figures and shapes. */
const FIRST_LOAD_KB = 450;
/** Bytes a second and milliseconds: 1.6 Mbit/s, 150 ms. */
const BAD_LINE = { latency: 150, downloadThroughput: 200_000, uploadThroughput: 100_000 };

let browser;
before(async () => {
  if (URL_BASE) browser = await launch();
});
after(() => browser?.close());

/** A first visit: what came over the wire, in KB by address, and when the map was drawn. */
async function visit(id, line) {
  const { page, context, faults } = await open(browser);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  if (line) await session.send("Network.emulateNetworkConditions", { offline: false, ...line });
  const parts = new Map();
  const urls = new Map();
  session.on("Network.responseReceived", ({ requestId, response }) => urls.set(requestId, response.url));
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId) ?? "";
    if (!url.startsWith("http")) return;
    const name = new URL(url).pathname.replace(/\/WebMercatorQuad\/.*/, "");
    parts.set(name, (parts.get(name) ?? 0) + encodedDataLength / 1024);
  });
  const start = Date.now();
  await page.goto(`${URL_BASE}/?operation=${id}`, { timeout: 90_000 });
  await settled(page);
  const figures = Date.now() - start;
  await page.waitForFunction(() => document.querySelector(".chart")?.dataset.areas && document.querySelector(".map > .progress")?.hidden, null, { timeout: 90_000, polling: 50 });
  const map = Date.now() - start;
  await mapped(page);
  assert.ok((await drawn(page)) > 0.03, "areas are painted");
  assert.deepEqual(faults, []);
  await shoot(page, `first-${id}`);
  await context.close();
  return { parts, total: [...parts.values()].reduce((sum, one) => sum + one, 0), figures, map };
}

for (const [name, find] of [["the_demo", async () => (await operation()).id], ["a_real_operation", real]]) {
  test(`the_first_load_of_${name}_is_small_enough_for_a_bad_line`, OPTIONS, async (t) => {
    const id = await find();
    if (id === null) return t.skip("there is no real operation: no files beside the project, or no token to import them with");
    const { parts, total, figures, map } = await visit(id, null);
    for (const [path, size] of [...parts].sort((a, b) => b[1] - a[1])) console.log(`${size.toFixed(1)} KB ${path}`);
    console.log(`${id}: ${total.toFixed(0)} KB in all; figures after ${figures} ms, the map after ${map} ms`);
    assert.ok(total < FIRST_LOAD_KB, `${total.toFixed(0)} KB`);
    assert.ok(![...parts.keys()].some((path) => path.endsWith("/areas/items") && parts.get(path) > 30), "shapes come as tiles");
  });

  test(`the_first_map_of_${name}_is_quick_on_a_bad_line`, OPTIONS, async (t) => {
    const id = await find();
    if (id === null) return t.skip("there is no real operation: no files beside the project, or no token to import them with");
    const { figures, map } = await visit(id, BAD_LINE);
    console.log(`${id} at 1.6 Mbit/s and 150 ms: figures after ${figures} ms, the map after ${map} ms`);
    // The goal is 3 s on a person's machine; where tests run there is no graphics card and much else to do.
    assert.ok(map < 60_000, `${map} ms`);
  });
}

test("a_change_of_sector_or_month_is_quick_once_loaded", OPTIONS, async () => {
  const { page, context } = await open(browser);
  await go(page);
  await mapped(page);
  const spent = await page.evaluate(async () => {
    const select = document.querySelector("#pick-sector");
    const times = [];
    // Twice through: the second time the answers are already here, and only the page's own work is left.
    for (let round = 0; round < 2; round += 1) {
      for (const { value } of [...select.options].slice(0, 3)) {
        const start = performance.now();
        select.value = value;
        select.dispatchEvent(new Event("change"));
        while (!document.querySelector(".panel > .progress").hidden) await new Promise((next) => setTimeout(next, 1));
        await new Promise((next) => requestAnimationFrame(next));
        if (round === 1) times.push(performance.now() - start);
      }
    }
    return times;
  });
  console.log(`changes took ${spent.map((one) => one.toFixed(0)).join(", ")} ms`);
  // The goal is 100 ms on a person's machine; where tests run there is no graphics card and much else to do.
  assert.ok(Math.min(...spent) < 3000);
  await context.close();
});

test("a_server_that_is_away_is_said_and_tried_again", OPTIONS, async () => {
  const { page, context } = await open(browser);
  await go(page);
  const before = await rows(page);
  await context.setOffline(true);
  await page.selectOption("#pick-measure", "uncovered");
  await page.waitForSelector(".notice");
  assert.deepEqual(await rows(page), before, "what was there stays, under its own heading");
  await shoot(page, "offline");
  await context.setOffline(false);
  await page.click(".notice button").catch(() => undefined);
  await page.waitForSelector(".notice", { state: "detached" });
  await settled(page);
  assert.ok((await rows(page)).length > 0);
  await context.close();
});

test("an_unknown_operation_gets_the_servers_own_words", OPTIONS, async () => {
  const { page, context } = await open(browser);
  await page.goto(`${URL_BASE}/?operation=no-such-operation`);
  await page.waitForSelector(".notice");
  assert.ok((await page.locator(".notice").innerText()).length > 20);
  assert.equal(await page.locator(".map > .progress").isVisible(), false, "nothing is on its way");
  assert.equal(await page.locator(".figures").count(), 0, "there is no figure to leave empty");
  await page.click(".notice button");
  await settled(page);
  assert.ok((await rows(page)).length > 0, "an operation that is there is one step away");
  await context.close();
});

test("the_last_operation_opens_without_network", OPTIONS, async () => {
  const { page, context } = await open(browser, { workers: "allow" });
  await go(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  // The first visit was not yet seen by the worker: a second one is kept.
  await page.waitForTimeout(500);
  await page.reload();
  await settled(page);
  await mapped(page);
  const before = await rows(page);
  // A look for a newer revision, as every minute, takes nothing of what is kept away.
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForTimeout(300);
  await context.setOffline(true);
  await page.reload();
  await settled(page);
  await mapped(page);
  assert.deepEqual(await rows(page), before);
  assert.match(await page.locator(".notice").innerText(), /[Oo]ffline/);
  await context.close();
  assert.ok((await operation()).id);
});

test("a_new_revision_arrives_and_nothing_jumps", { ...OPTIONS, skip: OPTIONS.skip || (process.env.LACUNA_TOKEN ? false : "LACUNA_TOKEN is not set") }, async () => {
  const op = "revision-test";
  const square = (at) => ({ type: "Feature", properties: { adm1_pcode: `XR${at}`, adm1_name: `Area ${at}` }, geometry: { type: "Polygon", coordinates: [[[at % 10, (at / 10) | 0], [(at % 10) + 1, (at / 10) | 0], [(at % 10) + 1, ((at / 10) | 0) + 1], [at % 10, ((at / 10) | 0) + 1], [at % 10, (at / 10) | 0]]] } });
  await sent(op, "areas", "adm1.geojson", JSON.stringify({ type: "FeatureCollection", features: Array.from({ length: 60 }, (_, at) => square(at + 10)) }));
  const work = (reached) => `partner,sector,adm1_pcode,start_date,reached\nHilfe,WSH,XR12,2026-02-01,${reached}\nMercy,WSH,XR12,2026-02-01,7\n`;
  await sent(op, "activities", "4w.csv", work(1));
  const { page, context, faults } = await open(browser);
  // The page looks for a revision every minute: here at once.
  await page.addInitScript(() => (globalThis.setInterval = ((plain) => (act, ms) => plain(act, Math.min(ms, 500)))(globalThis.setInterval)));
  await page.goto(`${URL_BASE}/?operation=${op}&sort=name&order=up`);
  await settled(page);
  await page.locator("tr[data-pcode]").nth(6).focus();
  await page.evaluate(() => (document.querySelector(".ranked").scrollTop = 700));
  await page.waitForTimeout(200);
  const seen = () => page.evaluate(() => [document.querySelector(".ranked").scrollTop, document.activeElement?.dataset.pcode ?? document.activeElement?.tagName]);
  await page.locator("tr[data-pcode]").nth(12).focus();
  const before = await seen();
  await sent(op, "activities", "4w2.csv", work(2 + (Date.now() % 1000)));
  const told = (words) => page.waitForFunction((text) => document.querySelector(".foot")?.textContent.includes(text), words);
  const { revision } = await (await fetch(`${URL_BASE}/api/${op}`)).json();
  await told(`Revision ${revision}`);
  assert.deepEqual(await seen(), before);
  // And with an open line in a profile.
  await page.goto(`${URL_BASE}/?operation=${op}&area=XR12`);
  await page.waitForSelector(".line summary");
  await page.locator(".line summary").nth(1).click();
  await sent(op, "activities", "4w3.csv", work(2000 + (Date.now() % 1000)));
  await told(`Revision ${revision + 1}`);
  await page.waitForFunction((text) => document.querySelector(".profile")?.textContent.includes(text), `Revision ${revision + 1}`);
  assert.equal(await page.locator(".line[open]").count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement?.tagName), "SUMMARY");
  assert.deepEqual(faults, []);
  // A server that goes away is said, and that it is back as well.
  await page.route("**/api/**", (route) => route.abort());
  await page.waitForFunction(() => /cannot be reached/.test(document.querySelector(".notice")?.textContent ?? ""));
  await shoot(page, "server-away");
  await page.unroute("**/api/**");
  await page.waitForSelector(".notice", { state: "detached" });
  await context.close();
});
