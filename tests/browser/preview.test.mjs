// A preview is for its sender alone, and never looks published: its files, its picture, its foot.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { OPTIONS, URL_BASE, launch, mapped, open, sent, settled, shoot } from "./help.mjs";

const TOKEN = process.env.LACUNA_TOKEN;
const options = { ...OPTIONS, skip: OPTIONS.skip || (TOKEN ? false : "LACUNA_TOKEN is not set") };
const OP = "preview-test";

let browser;
let draft;
before(async () => {
  if (options.skip) return;
  browser = await launch();
  const area = (pcode, name, west) => ({ type: "Feature", properties: { adm1_pcode: pcode, adm1_name: name }, geometry: { type: "Polygon", coordinates: [[[west, 0], [west + 2, 0], [west + 2, 2], [west, 2], [west, 0]]] } });
  await sent(OP, "areas", "adm1.geojson", JSON.stringify({ type: "FeatureCollection", features: [area("XD01", "Upper", 30), area("XD02", "Lower", 32)] }));
  await sent(OP, "needs", "needs.csv", "adm1_pcode,sector,in_need,cycle_start,cycle_end\nXD01,WSH,12000,2026-01-01,2026-12-31\nXD02,WSH,30000,2026-01-01,2026-12-31\n");
  draft = await sent(OP, "activities", "4w.csv", "partner,sector,adm1_pcode,start_date,reached\nHilfe,WSH,XD02,2026-02-01,9000\n", false);
});
after(() => browser?.close());

test("what_is_taken_from_a_preview_is_the_previews_and_says_so", options, async () => {
  const { page, context, faults } = await open(browser);
  await page.goto(`${URL_BASE}/?operation=${OP}&sector=WSH&draft=${draft}&area=XD02#token=${TOKEN}`);
  await settled(page);
  await mapped(page);
  assert.match(await page.locator(".profile").innerText(), /21,000/);
  assert.match(await page.locator(".foot").innerText(), /Preview: revision 2 .*not committed/);
  const [csv] = await Promise.all([page.waitForEvent("download"), page.click('[data-file="csv"]')]);
  assert.match(csv.suggestedFilename(), /^preview-/);
  assert.match(readFileSync(await csv.path(), "utf8"), /21000/);
  assert.match(await page.locator(".take-note").innerText(), /every area of this level/);
  const [picture] = await Promise.all([page.waitForEvent("download"), page.click('[data-icon="picture"]')]);
  assert.match(picture.suggestedFilename(), /^preview-.*\.png$/);
  await shoot(page, "preview-files");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a_preview_without_the_right_to_see_it_asks_for_the_token", options, async () => {
  const { page, context } = await open(browser);
  await page.goto(`${URL_BASE}/?operation=${OP}&sector=WSH&draft=${draft}`);
  await page.waitForSelector(".notice");
  assert.match(await page.locator(".notice").innerText(), /token/);
  assert.doesNotMatch(await page.locator(".notice").innerText(), /committed or dropped/);
  assert.doesNotMatch(await page.locator(".head").innerText(), /no figure reported|counting/);
  assert.equal(await page.locator(".map > .progress").isVisible(), false);
  await context.close();
});
