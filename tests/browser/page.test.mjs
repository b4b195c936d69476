import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { DESK, PHONE, OPTIONS, URL_BASE, axe, drawn, go, launch, mapped, open, operation, rows, sectors, settled, shoot } from "./help.mjs";

let browser;
before(async () => {
  if (URL_BASE) browser = await launch();
});
after(() => browser?.close());

test("the_map_shows_the_areas_and_the_table_ranks_them", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  const start = Date.now();
  await go(page);
  const figures = Date.now() - start;
  await mapped(page);
  const { levels, lowest_need_level: lowest } = await operation();
  const level = levels.find((one) => one.level === lowest) ?? levels.at(-1);
  assert.equal(await page.locator(".chart").getAttribute("data-areas"), String(level.count));
  assert.equal(Number(await page.locator(".ranked table").getAttribute("aria-rowcount")), level.count + 1);
  assert.ok((await drawn(page)) > 0.03, "areas are painted");
  assert.ok((await page.locator(".legend .entry").count()) > 0, "the legend has classes");
  assert.match(await page.locator(".figures").innerText(), /People in need\s+[\d.,]+/);
  assert.deepEqual(faults, []);
  console.log(`figures after ${figures} ms`);
  await shoot(page, "map-light");
  await context.close();
});

test("changing_the_sector_changes_the_address_and_the_table", OPTIONS, async () => {
  const { page, context, faults, asked } = await open(browser);
  await go(page);
  await mapped(page);
  const all = await rows(page);
  const [sector] = await sectors();
  asked.length = 0;
  await page.selectOption("#pick-sector", sector);
  await page.waitForURL((url) => url.searchParams.get("sector") === sector);
  await settled(page);
  assert.notDeepEqual(await rows(page), all);
  assert.equal(asked.filter((url) => url.includes("/areas/items")).length, 0, "shapes are fetched once");
  assert.ok(asked.filter((url) => url.includes("/gaps/items")).every((url) => url.includes("skipGeometry=true")));
  await page.goBack();
  await settled(page);
  assert.deepEqual(await rows(page), all);
  assert.deepEqual(faults, []);
  await context.close();
});

test("changing_the_month_keeps_the_classes", OPTIONS, async (t) => {
  const { months } = await operation();
  if (!months?.first) return t.skip("the operation has no dates");
  const { page, context, faults } = await open(browser);
  await go(page);
  const labels = () => page.locator(".legend .entry[data-key^=c] span:nth-child(2)").allInnerTexts();
  const whole = await labels();
  await page.click(".period .value");
  await page.click(`[data-month="${months.first}"]`);
  await page.click(`[data-month="${months.first}"]`);
  await page.waitForURL((url) => url.searchParams.get("from") === months.first && url.searchParams.get("to") === months.first);
  await settled(page);
  assert.deepEqual(await labels(), whole);
  assert.deepEqual(faults, []);
  await context.close();
});

test("a_pasted_link_shows_the_same_thing", OPTIONS, async () => {
  const { page, context } = await open(browser);
  const [sector] = await sectors();
  await go(page, `&sector=${sector}&measure=reached`);
  await mapped(page);
  await page.click('[data-sort="name"]');
  await page.locator(".legend .entry:not([disabled])").first().click();
  await page.locator(".zoom .tool").first().click();
  await page.waitForURL((url) => url.searchParams.has("at") && url.searchParams.has("only"));
  await settled(page);
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".profile h1");
  const [link, title, legend] = [page.url(), await page.locator(".profile h1").innerText(), await page.locator(".legend").innerText()];
  const other = await open(browser);
  await other.page.goto(link);
  await settled(other.page);
  await mapped(other.page);
  assert.equal(other.page.url(), link);
  assert.equal(await other.page.locator(".profile h1").innerText(), title);
  assert.equal(await other.page.locator(".legend").innerText(), legend);
  assert.equal(await other.page.locator('.entry[aria-pressed="true"]').count(), 1);
  assert.deepEqual(other.faults, []);
  await other.context.close();
  await context.close();
});

test("a_row_opens_the_profile_with_the_lines_behind_the_figure", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  await go(page, "&sort=partners");
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".line summary");
  assert.match(page.url(), /area=/);
  await page.locator(".line summary").first().click();
  assert.match(await page.locator(".line[open] .rows").first().innerText(), /row \d+/);
  const csv = await page.locator('a[href*="export.csv"]').getAttribute("href");
  const answer = await fetch(new URL(csv, URL_BASE));
  assert.equal(answer.status, 200);
  assert.match(await answer.text(), /pcode/);
  assert.deepEqual(await axe(page), []);
  await shoot(page, "profile-light");
  await page.click(".crumbs button");
  await page.waitForSelector("tr[data-pcode]");
  assert.equal(await page.evaluate(() => document.activeElement?.closest("tr")?.dataset.pcode !== undefined), true, "the keyboard is back where it was");
  assert.deepEqual(faults, []);
  await context.close();
});

test("a_click_on_the_map_opens_the_area_under_it", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  await go(page);
  await mapped(page);
  const box = await page.locator(".chart").boundingBox();
  let at = null;
  for (let i = 0; i < 80 && at === null; i += 1) {
    const x = box.x + box.width * (0.3 + 0.4 * ((i * 0.618) % 1));
    const y = box.y + box.height * (0.15 + 0.7 * (i / 80));
    await page.mouse.move(x, y);
    await page.waitForTimeout(60);
    if (await page.locator(".tip").isVisible()) at = [x, y];
  }
  assert.ok(at, "the pointer finds an area");
  const name = await page.locator(".tip b").innerText();
  await page.mouse.click(...at);
  await page.waitForSelector(".profile h1");
  assert.equal(await page.locator(".profile h1").innerText(), name);
  assert.deepEqual(faults, []);
  await context.close();
});

test("the_keyboard_alone_reaches_everything", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  await go(page);
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.className), "skip");
  await page.keyboard.press("Enter");
  const row = () => page.evaluate(() => document.activeElement?.dataset.pcode ?? null);
  const first = await row();
  assert.ok(first, "the skip link leads to the table");
  await page.keyboard.press("ArrowDown");
  const second = await row();
  assert.notEqual(second, first);
  await page.keyboard.press("End");
  const last = await row();
  await page.keyboard.press("Home");
  assert.equal(await row(), first);
  assert.ok(last);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".profile h1");
  assert.match(page.url(), new RegExp(`area=${second}`));
  await page.keyboard.press("Escape");
  await page.waitForFunction((pcode) => document.activeElement?.dataset.pcode === pcode, second);
  // Tab walks through every control of the bar, and each shows where it is.
  const seen = new Set();
  await page.evaluate(() => document.activeElement?.blur());
  for (let i = 0; i < 30; i += 1) {
    await page.keyboard.press("Tab");
    seen.add(await page.evaluate(() => document.activeElement?.id || document.activeElement?.className || ""));
  }
  for (const id of ["pick-operation", "pick-sector", "pick-level", "pick-measure", "value"]) assert.ok(seen.has(id), `${id} in ${[...seen]}`);
  assert.deepEqual(faults, []);
  await context.close();
});

test("every_measure_and_layer_is_drawn_without_complaint", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  for (const measure of ["share", "reached", "presence", "sites", "uncovered", "shared"]) {
    await go(page, `&measure=${measure}&overlays=service-areas,uncovered,sites,parents,labels`);
    await mapped(page);
    assert.ok((await page.locator("tr[data-pcode]").count()) > 0, measure);
    await shoot(page, `measure-${measure}`);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("a_phone_has_a_sheet_and_never_scrolls_sideways", OPTIONS, async () => {
  const { page, context, faults } = await open(browser, { size: PHONE, touch: true, scale: 2 });
  await go(page);
  await mapped(page);
  const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok((await sideways()) <= 0);
  await shoot(page, "phone-light");
  const top = async () => (await page.locator(".panel").boundingBox()).y;
  const half = await top();
  await page.locator(".handle").focus();
  await page.keyboard.press("ArrowUp");
  await page.waitForTimeout(300);
  const full = await top();
  assert.ok(full < half);
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.waitForTimeout(300);
  assert.ok((await top()) > half);
  await page.click(".summary");
  assert.ok(await page.locator("#pick-sector").isVisible());
  assert.ok((await sideways()) <= 0);
  const small = await page.locator(".bar button:visible, .bar select:visible, .zoom button, .handle").evaluateAll((all) =>
    all.map((one) => ({ name: one.className || one.id, box: (one.closest(".field") && one.matches("select") ? one.closest(".field") : one).getBoundingClientRect() })).filter(({ name, box }) => name !== "handle" && name !== "value" && (box.height < 43.5 || box.width < 43.5)).map(({ name, box }) => `${name} ${box.width}x${box.height}`),
  );
  assert.deepEqual(small, []);
  await page.click(".summary");
  assert.deepEqual(await axe(page), []);
  await page.locator(".handle").focus();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("ArrowUp");
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".profile h1");
  assert.ok((await sideways()) <= 0);
  await shoot(page, "phone-profile");
  assert.deepEqual(faults, []);
  await context.close();
});

for (const dark of [false, true]) {
  test(`axe_finds_nothing_serious_in_the_${dark ? "dark" : "light"}_page`, OPTIONS, async () => {
    const { page, context, faults } = await open(browser, { size: DESK, dark });
    await go(page);
    await mapped(page);
    assert.deepEqual(await axe(page), []);
    await page.click(".layers summary");
    await page.click(".period .value");
    assert.deepEqual(await axe(page), []);
    await page.keyboard.press("Escape");
    if (dark) await shoot(page, "map-dark");
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("search_finds_an_area_by_part_of_its_name", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  await go(page, "&sort=name&order=up");
  const name = await page.locator("tr[data-pcode] .name").nth(3).innerText();
  await page.fill(".search input", name.slice(0, Math.max(3, name.length - 1)).toUpperCase());
  await page.waitForSelector("#found-0");
  await page.locator(".results li", { hasText: name }).first().click();
  await page.waitForSelector(".profile h1");
  assert.equal(await page.locator(".profile h1").innerText(), name);
  assert.deepEqual(faults, []);
  await context.close();
});

test("what_opens_over_the_map_of_a_phone_can_be_reached_whole", OPTIONS, async () => {
  const { page, context, faults } = await open(browser, { size: { width: 360, height: 640 }, touch: true, scale: 2 });
  await go(page);
  for (const name of ["layers", "legend"]) {
    await page.click(`.${name} summary`);
    const bottom = await page.locator(`.${name}`).evaluate((one) => one.getBoundingClientRect().bottom);
    const sheet = (await page.locator(".panel").boundingBox()).y;
    assert.ok(bottom <= sheet, `${name} ends at ${bottom}, the sheet begins at ${sheet}`);
    await page.locator(`.${name} :is(select, .entry)`).last().scrollIntoViewIfNeeded();
    const last = await page.locator(`.${name} :is(select, .entry)`).last().boundingBox();
    assert.ok(last.y + last.height <= sheet, `the last of ${name} is above the sheet`);
    await page.click(`.${name} summary`);
  }
  assert.deepEqual(faults, []);
  await context.close();
});

test("the_bar_of_a_usual_screen_cuts_no_short_name", OPTIONS, async () => {
  const { page, context } = await open(browser, { size: { width: 1366, height: 768 } });
  await go(page);
  const cut = await page.locator("#pick-sector, #pick-level, #pick-measure, .period .value").evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.id || one.className));
  assert.deepEqual(cut, []);
  // And on a smaller one nothing lies over anything.
  for (const width of [1180, 1024, 800]) {
    await page.setViewportSize({ width, height: 600 });
    const ends = await page.locator(".filters > *, .bar > .tool").evaluateAll((all) => all.map((one) => one.getBoundingClientRect()).map(({ left, right }) => [left, right]));
    assert.ok(ends.every(([left], at) => at === 0 || left >= ends[at - 1][1] - 1) && ends.at(-1)[1] <= width, `${width}: ${JSON.stringify(ends)}`);
  }
  await context.close();
});
