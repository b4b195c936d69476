// What is searched is found wherever it is: areas of every level, and a partner's own areas.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OPTIONS, URL_BASE, go, launch, mapped, open, operation, settled, shoot } from "./help.mjs";

let browser;
before(async () => {
  if (URL_BASE) browser = await launch();
});
after(() => browser?.close());

const items = async (path) => (await (await fetch(`${URL_BASE}/api/${(await operation()).id}/collections/${path}`)).json()).features;

test("an_area_of_another_level_is_found_and_opened_at_its_level", OPTIONS, async (t) => {
  const { levels } = await operation();
  if (levels.filter((one) => one.level > 0).length < 2) return t.skip("the operation has one level");
  const { page, context, faults } = await open(browser);
  await go(page, "&level=2");
  const [{ properties: area }] = await items("areas/items?level=1&limit=1&skipGeometry=true");
  await page.fill(".search input", area.name);
  await page.locator(".results li", { hasText: area.name }).filter({ hasText: levels.find((one) => one.level === 1).name }).first().click();
  await page.waitForSelector(".profile h1");
  assert.equal(await page.locator(".profile h1").innerText(), area.name);
  assert.equal(new URL(page.url()).searchParams.get("level"), "1");
  await page.fill(".search input", "zzzzzz");
  await page.waitForFunction(() => /Nothing found/.test(document.querySelector(".results")?.textContent ?? ""));
  assert.deepEqual(faults, []);
  await context.close();
});

test("a_partner_leads_to_the_areas_where_it_works", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  const partners = (await items("partners/items?limit=1000")).map((one) => one.properties);
  const { id, name } = partners.sort((a, b) => b.activities - a.activities)[0];
  await go(page);
  const all = Number(await page.locator(".ranked table").getAttribute("aria-rowcount"));
  await page.fill(".search input", name);
  await page.locator(".results li", { hasText: name }).first().click();
  await page.waitForSelector(".whose");
  await settled(page);
  assert.equal(new URL(page.url()).searchParams.get("partner"), id);
  assert.ok((await page.locator(".whose").innerText()).includes(name), "whose areas these are is said");
  const some = Number(await page.locator(".ranked table").getAttribute("aria-rowcount"));
  assert.ok(some > 1 && some < all, `${some} of ${all}`);
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".profile .tags");
  assert.ok((await page.locator(".profile").innerText()).includes(name), "its work is in the areas that are left");
  await page.click(".crumbs button");
  await mapped(page);
  await shoot(page, "partner");
  await page.click(".whose button");
  await page.waitForSelector(".whose", { state: "detached" });
  assert.equal(Number(await page.locator(".ranked table").getAttribute("aria-rowcount")), all);
  assert.deepEqual(faults, []);
  await context.close();
});
