// A line that breaks in the middle of a commit: nothing is lost, and nothing is said that is not known.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OPTIONS, PHONE, URL_BASE, launch, open, sent, settled, shoot } from "./help.mjs";

const TOKEN = process.env.LACUNA_TOKEN;
const options = { ...OPTIONS, skip: OPTIONS.skip || (TOKEN ? false : "LACUNA_TOKEN is not set") };
const OP = "line-test";
const AREAS = JSON.stringify({ type: "FeatureCollection", features: [{ type: "Feature", properties: { adm1_pcode: "XL01", adm1_name: "Upper" }, geometry: { type: "Polygon", coordinates: [[[30, 0], [32, 0], [32, 2], [30, 2], [30, 0]]] } }] });
let made = 0;
const work = () => `partner,sector,adm1_pcode,start_date,reached\nHilfe,WSH,XL01,2026-02-01,${(made += 1) + Date.now() % 100000}\n`;

let browser;
before(async () => {
  if (options.skip) return;
  browser = await launch();
  await sent(OP, "areas", "adm1.geojson", AREAS);
});
after(() => browser?.close());

async function report(page, file) {
  const draft = await sent(OP, "activities", file, work(), false);
  await page.goto(`${URL_BASE}/?operation=${OP}&import=${draft}#token=${TOKEN}`);
  await page.waitForSelector(".import-bar .primary:not([disabled])");
  return draft;
}

test("a_commit_while_the_line_is_away_leaves_the_report_as_it_was", options, async () => {
  const { page, context } = await open(browser);
  await report(page, "away.csv");
  await context.setOffline(true);
  await page.click(".import-bar .primary");
  await page.waitForSelector(".fault:not([hidden])");
  assert.match(await page.locator(".fault:not([hidden])").innerText(), /cannot be reached/);
  await page.waitForSelector(".import-bar .primary:not([disabled])");
  assert.doesNotMatch(await page.locator(".import-bar").innerText(), /Comparing/);
  await context.setOffline(false);
  await page.click(".import-bar .primary");
  await page.waitForSelector(".done:not([hidden])");
  await context.close();
});

for (const arrives of [true, false]) {
  test(`an_answer_that_is_lost_is_looked_for_until_it_is_known_that_the_file_was_${arrives ? "" : "not_"}committed`, options, async () => {
    const { page, context } = await open(browser);
    await report(page, `lost-${arrives}.csv`);
    let cut = true;
    await page.route(/\/imports\/d-[^/]*$/, (route) => (cut ? route.abort() : route.continue()));
    await page.route(/\/commit$/, async (route) => {
      if (arrives) await route.fetch();
      await route.abort();
    });
    // What is asked before the commit still gets its answer.
    cut = false;
    page.on("request", (request) => request.url().endsWith("/commit") && (cut = true));
    await page.click(".import-bar .primary");
    await page.waitForFunction(() => /is not known/.test(document.querySelector(".notice:not([hidden])")?.textContent ?? ""));
    await shoot(page, `line-unsure-${arrives}`);
    cut = false;
    if (arrives) await page.waitForSelector(".done:not([hidden])", { timeout: 15_000 });
    else {
      await page.waitForFunction(() => /nothing was committed/.test(document.querySelector(".notice:not([hidden])")?.textContent ?? ""), null, { timeout: 15_000 });
      await page.waitForSelector(".import-bar .primary:not([disabled])");
    }
    await context.close();
  });
}

test("files_that_are_committed_together_are_named_together", options, async () => {
  const { page, context } = await open(browser);
  await page.goto(`${URL_BASE}/?operation=${OP}&import=files#token=${TOKEN}`);
  await page.waitForSelector(".drop");
  await page.waitForTimeout(500);
  for (const one of await page.locator(".file .tool").all()) await one.click().catch(() => undefined);
  await page.setInputFiles("#import-file", ["one.csv", "two.csv"].map((name) => ({ name, mimeType: "text/csv", buffer: Buffer.from(work()) })));
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 2);
  await page.click(".import-foot .primary");
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="committed"]').length === 2);
  await page.click(".import-foot .primary");
  await page.waitForSelector(".banner.good");
  await settled(page);
  const words = await page.locator(".banner").innerText();
  assert.match(words, /Imported: 2 rows/);
  assert.match(words, /one\.csv.*two\.csv/);
  assert.doesNotMatch(words, /Undo/);
  await shoot(page, "committed-together");
  await page.click("text=What was imported");
  await page.waitForSelector(".history tbody tr");
  await context.close();
});

test("a_file_goes_on_being_sent_while_the_map_is_seen_and_is_there_again", options, async () => {
  const { page, context } = await open(browser);
  await page.goto(`${URL_BASE}/?operation=${OP}&import=files#token=${TOKEN}`);
  await page.waitForSelector(".drop");
  await page.waitForTimeout(500);
  for (const one of await page.locator(".file .tool").all()) await one.click().catch(() => undefined);
  let go = () => undefined;
  const held = new Promise((free) => (go = free));
  await page.route(/\/imports\?/, async (route) => {
    await held;
    await route.continue();
  });
  await page.setInputFiles("#import-file", [{ name: "slow.csv", mimeType: "text/csv", buffer: Buffer.from(work()) }]);
  await page.waitForSelector('.file[data-state="sending"], .file[data-state="reading"]');
  await page.click(".import-head > .button");
  await settled(page);
  await page.click(".import-open");
  await page.waitForSelector(".file");
  assert.match(await page.locator(".sent").innerText(), /slow\.csv/);
  await page.click(".import-head > .button");
  go();
  await page.waitForTimeout(1500);
  assert.doesNotMatch(page.url(), /import=/, "nobody is taken away from the map");
  await page.click(".import-open");
  await page.waitForSelector('.file[data-state="ready"]');
  await context.close();
});

test("a_page_with_a_file_on_its_way_asks_before_it_is_left", options, async () => {
  const { page, context } = await open(browser);
  await page.goto(`${URL_BASE}/?operation=${OP}&import=files#token=${TOKEN}`);
  await page.waitForSelector(".drop");
  await page.waitForTimeout(500);
  for (const one of await page.locator(".file .tool").all()) await one.click().catch(() => undefined);
  const session = await context.newCDPSession(page);
  await session.send("Network.enable");
  await session.send("Network.emulateNetworkConditions", { offline: false, latency: 50, downloadThroughput: 200_000, uploadThroughput: 20_000 });
  await page.setInputFiles("#import-file", [{ name: "large.csv", mimeType: "text/csv", buffer: Buffer.from(work() + "Hilfe,WSH,XL01,2026-02-01,7\n".repeat(20_000)) }]);
  await page.waitForSelector('.file[data-state="sending"]');
  await page.click(".import h1");
  const asked = page.waitForEvent("dialog");
  void page.reload().catch(() => undefined);
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.dismiss();
  await context.close();
});

test("a_file_that_did_not_arrive_is_sent_again_and_nothing_else_is_asked", options, async () => {
  const { page, context } = await open(browser, { size: PHONE, touch: true });
  await page.goto(`${URL_BASE}/?operation=${OP}&import=files#token=${TOKEN}`);
  await page.waitForSelector(".drop");
  await page.waitForTimeout(500);
  for (const one of await page.locator(".file .tool").all()) await one.click().catch(() => undefined);
  await page.route(/\/imports\?/, (route) => route.abort());
  await page.setInputFiles("#import-file", [{ name: "cut.csv", mimeType: "text/csv", buffer: Buffer.from(work()) }]);
  await page.waitForSelector('.file[data-state="failed"]');
  assert.equal(await page.locator(".file .help").count(), 0);
  await shoot(page, "upload-cut");
  await page.unroute(/\/imports\?/);
  await page.locator(".file-state .button").click();
  await page.waitForSelector('.file[data-state="ready"], .mapping', { timeout: 20_000 });
  await context.close();
});
