import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { OPTIONS, PHONE, URL_BASE, axe, launch, mapped, open, settled, shoot } from "./help.mjs";

const TOKEN = process.env.LACUNA_TOKEN;
const options = { ...OPTIONS, skip: OPTIONS.skip || (TOKEN ? false : "LACUNA_TOKEN is not set") };

let browser;
before(async () => {
  if (URL_BASE) browser = await launch();
});
after(() => browser?.close());

// A made-up delta: two provinces, needs, and a 4W with a title, two odd columns and personal data.
const square = (west, south) => [[[west, south], [west + 2, south], [west + 2, south + 2], [west, south + 2], [west, south]]];
const area = (pcode, name, west, south) => ({ type: "Feature", properties: { adm1_pcode: pcode, adm1_name: name }, geometry: { type: "Polygon", coordinates: square(west, south) } });
const AREAS = JSON.stringify({ type: "FeatureCollection", features: [area("XD01", "Upper Delta", 30, 2), area("XD02", "Lower Delta", 30, 0), area("XD03", "Islands", 32, 0)] });
const NEEDS = "adm1_pcode,sector,in_need,cycle_start,cycle_end\nXD01,WSH,12000,2026-01-01,2026-12-31\nXD02,WSH,30000,2026-01-01,2026-12-31\nXD03,WSH,4000,2026-01-01,2026-12-31\n";
const WORK = [
  "Response matrix of the delta,,,,,,",
  "Organisation,Cluster,Province code,Activity,Start,Served so far,Focal point phone",
  ...["XD01,1500", "XD01,2500", "XD02,9000", "XD02,a lot", "XD03,700"].map((row, at) => {
    const [code, people] = row.split(",");
    return `Org ${at},WASH,${code},Latrines,2026-02-0${at + 1},${people},+258 84 123 45${at}0`;
  }),
].join("\n");
const file = (name, text) => ({ name, mimeType: "application/octet-stream", buffer: Buffer.from(text) });

/** The page by the address that the server prints. */
async function enter(page, search = "") {
  await page.goto(`${URL_BASE}/${search}#token=${TOKEN}`);
  await page.waitForFunction(() => location.hash === "");
}

async function newOperation(page, name) {
  await page.click(".import-open");
  await page.waitForSelector(".import h1");
  await page.selectOption("#import-op", "");
  await page.fill("#new-name", name);
  await page.click("form .primary");
  await page.waitForSelector(".drop");
}

const gapOf = (page, pcode) => page.locator(`tr[data-pcode="${pcode}"]`).innerText();

test("a_new_user_gets_an_operation_in_with_only_the_page", options, async () => {
  const { page, context, faults } = await open(browser);
  await enter(page, "?operation=demo");
  await settled(page);
  await newOperation(page, "Delta Floods, 2026");
  assert.match(page.url(), /operation=delta-floods-2026/);
  await shoot(page, "import-empty");
  assert.deepEqual(await axe(page), []);

  // Boundaries and needs together, committed in the right order.
  await page.setInputFiles("#import-file", [file("needs.csv", NEEDS), file("adm1.geojson", AREAS)]);
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 2, null, { timeout: 30_000 });
  assert.deepEqual(await page.locator(".file select").evaluateAll((all) => all.map((one) => one.value)), ["needs", "areas"]);
  await shoot(page, "import-two-files");
  await page.click(".import-foot .primary");
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="committed"]').length === 2, null, { timeout: 30_000 });
  await shoot(page, "import-committed");
  await page.click(".import-foot .primary");
  await settled(page);
  await mapped(page);
  assert.match(await page.locator("#pick-operation").innerText(), /Delta Floods, 2026/);
  assert.match(await gapOf(page, "XD02"), /30,000/);

  // The 4W alone leads to its report.
  await page.click(".import-open");
  await page.setInputFiles("#import-file", [file("4w.csv", WORK)]);
  await page.waitForSelector(".mapping");
  assert.equal(await page.locator(".doc .kind select").inputValue(), "activities");
  assert.equal(await page.locator("#found-row").inputValue(), "2");
  assert.equal(await page.locator('[data-column="Organisation"]').inputValue(), "partner");
  assert.match(await page.locator(".mapping").innerText(), /personal data[\s\S]*Focal point phone/);
  assert.doesNotMatch(await page.locator(".mapping").innerText(), /258 84/);
  assert.match(await page.locator(".report").innerText(), /5\s+rows were read/);
  await shoot(page, "import-report");
  assert.deepEqual(await axe(page), []);

  // "Served so far" is not what the page took it for: the mapping of one column is put right.
  if ((await page.locator(".mapping .card-head .plain").innerText()).startsWith("Show all")) await page.click(".mapping .card-head .plain");
  await page.selectOption('[data-column="Served so far"]', "reached");
  await page.waitForFunction(() => /you said so/.test(document.querySelector('th:has([data-column="Served so far"])')?.textContent ?? ""));
  assert.equal(await page.evaluate(() => document.activeElement?.dataset.column), "Served so far", "the keyboard stays where it was");
  assert.match(await page.locator(".report").innerText(), /a lot/);
  await shoot(page, "import-mapping-fixed");

  // The gaps before the commit: only on this page.
  await page.click("text=See the gaps");
  await settled(page);
  await mapped(page);
  assert.match(page.url(), /draft=d-/);
  assert.match(await page.locator(".banner").innerText(), /Preview[\s\S]*4w\.csv[\s\S]*Not committed/);
  await page.waitForFunction(() => /21,000/.test(document.querySelector('tr[data-pcode="XD02"]')?.textContent ?? ""));
  await shoot(page, "import-preview");
  assert.deepEqual(await axe(page), []);
  const other = await open(browser);
  await other.page.goto(`${URL_BASE}/?operation=delta-floods-2026`);
  await settled(other.page);
  assert.match(await gapOf(other.page, "XD02"), /30,000/);
  await other.context.close();

  // And after it.
  await page.click(".banner .primary");
  await page.waitForSelector(".banner.good");
  await settled(page);
  assert.match(await page.locator(".banner").innerText(), /Imported: 5 rows/);
  assert.doesNotMatch(page.url(), /draft=/);
  assert.match(await gapOf(page, "XD02"), /21,000/);
  assert.match(await page.locator(".foot").innerText(), /Revision 3/);
  await mapped(page);
  await shoot(page, "import-after");

  await page.click(".import-open");
  await page.click("text=What was imported");
  await page.waitForSelector(".history tbody tr");
  assert.equal(await page.locator(".history tbody tr").count(), 3);
  const saved = page.waitForEvent("download");
  await page.locator(".history tbody tr").first().locator('[data-format="csv"]').click();
  assert.equal((await saved).suggestedFilename(), "4w-report.csv");
  await shoot(page, "import-history");
  assert.deepEqual(await axe(page), []);
  await page.keyboard.press("Escape");
  await settled(page);
  assert.deepEqual(faults, []);
  await context.close();
});

test("what_cannot_be_read_is_said_in_one_sentence_and_can_be_tried_as_something_else", options, async () => {
  const { page, context } = await open(browser);
  await enter(page, "?operation=demo&import=files");
  await page.waitForSelector(".drop");
  await page.setInputFiles("#import-file", [file("report.pdf", "%PDF-1.7 nothing of use")]);
  await page.waitForSelector('.file[data-state="failed"]');
  assert.match(await page.locator(".file").innerText(), /PDF/);
  await page.click(".file .tool");
  assert.equal(await page.locator(".file").count(), 0);
  // A table that says nothing of itself: the sender says what it is and where its header stands.
  await page.setInputFiles("#import-file", [file("odd.csv", "Overview\nOrganisation,Colour\nOrg 1,red\nOrg 2,blue\n")]);
  await page.waitForSelector('.file[data-state="failed"]');
  await shoot(page, "import-refused");
  assert.deepEqual(await axe(page), []);
  await page.selectOption(".help select", "activities");
  await page.fill(".help input >> nth=0", "2");
  await page.click(".help button");
  await page.waitForFunction(() => document.querySelector('.file[data-state="ready"]') || document.querySelector(".mapping"));
  await context.close();
});

test("without_the_token_the_page_says_where_it_comes_from", options, async () => {
  const { page, context } = await open(browser, { dark: true });
  await page.goto(`${URL_BASE}/?operation=demo&import=files`);
  await page.waitForSelector("#import-token");
  await shoot(page, "import-token");
  await page.fill("#import-token", "not the token");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".card .fault");
  assert.match(await page.locator(".card .fault").innerText(), /not the one of this server/);
  await shoot(page, "import-token-refused");
  await page.fill("#import-token", `${URL_BASE}/#token=${TOKEN}`);
  await page.keyboard.press("Enter");
  await page.waitForSelector(".drop");
  assert.deepEqual(await axe(page), []);
  await page.setInputFiles("#import-file", [file("4w.csv", WORK)]);
  await page.waitForSelector(".mapping");
  await shoot(page, "import-dark");
  assert.deepEqual(await axe(page), []);
  await page.click("text=Discard");
  await page.waitForSelector(".drop");
  await context.close();
});

test("the_import_view_fits_a_phone", options, async () => {
  const { page, context, faults } = await open(browser, { size: PHONE, touch: true, scale: 2 });
  await enter(page, "?operation=demo&import=files");
  await page.waitForSelector(".drop");
  const sideways = () => page.evaluate(() => Math.max(document.documentElement.scrollWidth, document.querySelector(".import-body").scrollWidth) - innerWidth);
  assert.ok((await sideways()) <= 0);
  await shoot(page, "phone-import");
  await page.setInputFiles("#import-file", [file("4w.csv", WORK)]);
  await page.waitForSelector(".mapping");
  assert.ok((await sideways()) <= 0, "only the table scrolls");
  await shoot(page, "phone-import-report");
  const small = await page.locator(".import button:visible, .import select:visible").evaluateAll((all) => all.map((one) => ({ name: one.className, box: one.getBoundingClientRect() })).filter(({ box }) => box.height < 43.5).map(({ name, box }) => `${name} ${box.width}x${box.height}`));
  assert.deepEqual(small, []);
  assert.deepEqual(await axe(page), []);
  await page.click("text=Discard");
  await page.waitForSelector(".drop");
  assert.deepEqual(faults, []);
  await context.close();
});

test("files_are_committed_one_by_one_without_a_word_about_stale_figures", options, async () => {
  const { page, context, faults } = await open(browser);
  await enter(page, "?operation=demo");
  await settled(page);
  await newOperation(page, "One by one");
  await page.setInputFiles("#import-file", [file("needs.csv", NEEDS), file("adm1.geojson", AREAS)]);
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 2, null, { timeout: 30_000 });

  // An operation that nothing was committed to is found again, from its address and from the list.
  await page.reload();
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 2);
  await page.goto(`${URL_BASE}/?operation=demo&import=history`);
  await page.waitForSelector(".history tbody tr, .import .empty");
  assert.equal(await page.locator(".tabs .tab").count(), 3);
  await page.waitForFunction(() => [...document.querySelectorAll("#import-op option")].some((one) => /One by one \(not committed yet\)/.test(one.textContent)));
  await page.selectOption("#import-op", "one-by-one");
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 2);

  // A file whose places are not known yet is not offered; once the boundaries are there it is.
  await page.locator(".file", { hasText: "adm1.geojson" }).locator("text=Look at it").click();
  await page.waitForSelector(".import-foot .primary:enabled");
  assert.equal(await page.locator("#found-row").count(), 0, "a map has no row of headers");
  await page.click(".import-foot .primary");
  await page.waitForSelector(".done.card:visible");
  await page.click("text=Import more");
  const needs = page.locator(".file", { hasText: "needs.csv" });
  await page.waitForFunction(() => /^3 rows$/.test(document.querySelector('.file[data-state="ready"] .file-state')?.textContent ?? ""));
  await needs.locator("text=Look at it").click();
  await page.waitForSelector(".import-foot .primary:enabled");
  assert.match(await page.locator(".import-foot .primary").innerText(), /Commit 3 rows/);

  // Somebody else commits meanwhile: the figures are new, and nobody is blamed.
  const other = await fetch(`${URL_BASE}/api/one-by-one/imports?file=more.csv&kind=needs&commit=true`, { method: "POST", headers: { authorization: `Bearer ${TOKEN}` }, body: NEEDS.split("\n").slice(0, 2).join("\n") });
  assert.equal(other.status, 201);
  await page.click(".import-foot .primary");
  await page.waitForSelector(".doc > .notice:visible");
  assert.equal(await page.locator(".doc > .fault:visible").count(), 0);
  assert.match(await page.locator(".import-foot .primary").innerText(), /Commit 2 rows/);
  await shoot(page, "import-moved");
  await page.click(".import-foot .primary");
  await page.waitForSelector(".done.card:visible");
  assert.deepEqual(faults, []);

  // Nothing of a file came in: no commit, no row in the history.
  await page.click("text=Import more");
  await page.setInputFiles("#import-file", [file("lost.csv", NEEDS.replaceAll("XD", "XZ"))]);
  await page.waitForSelector(".doc .fault:visible");
  assert.match(await page.locator(".doc > .fault").innerText(), /Nothing of this file came in\. All 3 rows were rejected/);
  assert.equal(await page.locator(".import-foot .primary").count(), 0);
  await shoot(page, "import-lost");
  assert.deepEqual(await axe(page), []);
  await page.click("text=All files");
  await page.waitForSelector('.file[data-state="ready"]');
  assert.match(await page.locator('.file[data-state="ready"]').innerText(), /Nothing of this file came in/);

  // What was rolled back is brought back in its own row.
  await page.click("text=What was imported");
  await page.waitForSelector(".history tbody tr");
  assert.deepEqual(await page.locator(".history tbody th").allInnerTexts(), ["needs.csv", "more.csv", "adm1.geojson"]);
  const row = page.locator(".history tbody tr", { has: page.locator("td.kind", { hasText: "Needs" }) }).first();
  await row.locator("text=Roll back").click();
  await row.locator(".danger").click();
  await page.waitForSelector(".history .undone");
  await shoot(page, "import-history-undone");
  await page.locator(".history .undone >> text=Bring back").click();
  await page.locator(".history .undone .primary").click();
  await page.waitForFunction(() => document.querySelectorAll(".history .undone th button").length === 0);
  assert.match(await page.locator(".history tbody th").first().innerText(), /Brought back: needs\.csv/);
  assert.deepEqual(await axe(page), []);
  await page.setViewportSize(PHONE);
  assert.ok(await page.evaluate(() => document.querySelector(".import-body").scrollWidth <= innerWidth));
  await shoot(page, "phone-history");
  await page.keyboard.press("Escape");
  assert.ok(await page.evaluate(() => document.activeElement?.classList.contains("import-open")), "back at the door");
  await context.close();
});

/** A zip of files that are only stored, as a workbook of CSV sheets. */
function zip(parts) {
  const crc = (bytes) => {
    let sum = -1;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
    }
    return ~sum >>> 0;
  };
  const files = [];
  const list = [];
  let at = 0;
  for (const [name, text] of Object.entries(parts)) {
    const [path, data] = [Buffer.from(name), Buffer.from(text)];
    const head = Buffer.alloc(26);
    head.writeUInt16LE(20, 0);
    head.writeUInt32LE(crc(data), 10);
    head.writeUInt32LE(data.length, 14);
    head.writeUInt32LE(data.length, 18);
    head.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    list.push(Buffer.from("PK\x01\x02\x14\x00"), head, place, path);
    files.push(Buffer.from("PK\x03\x04"), head, path, data);
    at += 30 + path.length + data.length;
  }
  const end = Buffer.alloc(18);
  const count = Object.keys(parts).length;
  end.writeUInt16LE(count, 4);
  end.writeUInt16LE(count, 6);
  end.writeUInt32LE(Buffer.concat(list).length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...files, ...list, Buffer.from("PK\x05\x06"), end]);
}

test("the_months_of_a_workbook_are_read_together_and_stay_apart", options, async () => {
  const { page, context, faults } = await open(browser);
  await enter(page, "?operation=demo");
  await settled(page);
  await newOperation(page, "Months");
  await page.setInputFiles("#import-file", [file("adm1.geojson", AREAS)]);
  await page.waitForSelector(".import-foot .primary:enabled");
  await page.click(".import-foot .primary");
  await page.waitForSelector(".done.card:visible");
  await page.click("text=Import more");
  // The same work every month, and no day of it: only the figures tell the rows apart.
  const month = (people) => `Organisation,Cluster,Province code,Activity,People reached\nHelp,WASH,XD01,Latrines,${people}\nHelp,WASH,XD02,Latrines,70\n`;
  const buffer = zip({ "January.csv": month(100), "February.csv": month(250), "March.csv": month(300) });
  await page.setInputFiles("#import-file", [{ name: "5w.zip", mimeType: "application/zip", buffer }]);
  await page.waitForSelector(".file-more");
  assert.match(await page.locator(".file-more").innerText(), /Sheet January is read\. 2 more have the same headers and are not: February, March\./);
  await shoot(page, "import-sheets");
  assert.deepEqual(await axe(page), []);
  await page.click(".file-more button");
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 3, null, { timeout: 30_000 });
  assert.equal(await page.locator(".file-more").count(), 0);
  assert.deepEqual(await page.locator(".file-name strong").allInnerTexts(), ["5w.zip", "5w.zip · February", "5w.zip · March"]);
  await page.setViewportSize(PHONE);
  assert.ok(await page.evaluate(() => document.querySelector(".import-body").scrollWidth <= innerWidth));
  await shoot(page, "phone-import-sheets");
  await page.click(".import-foot .primary, .import-foot >> text=Commit all 3");
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="committed"]').length === 3, null, { timeout: 30_000 });
  const rows = await (await fetch(`${URL_BASE}/api/months/collections/activities/items`)).json();
  const reached = rows.features.map((one) => one.properties.reached).sort((a, b) => a - b);
  // What all months say alike is one row; what differs adds, as in one sheet.
  assert.deepEqual(reached, [70, 100, 250, 300]);
  await page.click("text=What was imported");
  await page.waitForSelector(".history tbody tr");
  assert.deepEqual(await page.locator(".history tbody th").allInnerTexts(), ["5w.zip · March", "5w.zip · February", "5w.zip · January", "adm1.geojson"]);
  assert.deepEqual(faults, []);
  await context.close();
});

test("boundaries_whose_properties_nobody_knows_can_be_explained", options, async () => {
  const { page, context } = await open(browser);
  await enter(page, "?operation=demo");
  await settled(page);
  await newOperation(page, "Odd boundaries");
  await page.setInputFiles("#import-file", [file("odd.geojson", AREAS.replaceAll("adm1_pcode", "key").replaceAll("adm1_name", "label"))]);
  await page.waitForSelector(".help.offered");
  await shoot(page, "import-offered");
  assert.deepEqual(await axe(page), []);
  await page.selectOption(".offered select >> nth=0", "key");
  await page.selectOption(".offered select >> nth=1", "label");
  await page.selectOption(".offered select >> nth=2", "1");
  await page.click(".offered button");
  await page.waitForFunction(() => document.querySelector('.file[data-state="ready"]') || document.querySelector(".mapping"));
  await page.click("text=Look at it");
  await page.waitForSelector(".import-foot .primary:enabled");
  assert.match(await page.locator(".import-foot .primary").innerText(), /Commit 3 rows/);
  await context.close();
});

const data = fileURLToPath(new URL("../../../shared/data/mozambique", import.meta.url));
const real = { ...options, timeout: 600_000, skip: options.skip || (existsSync(data) ? false : "the folder of real data is not here") };

test("a_new_user_gets_the_mozambique_workbook_in", real, async () => {
  const { page, context, faults } = await open(browser);
  page.setDefaultTimeout(90_000);
  await enter(page, "?operation=demo");
  await settled(page);
  await newOperation(page, "Cyclone Idai");
  await page.setInputFiles("#import-file", [`${data}/boundaries/moz_adm1_codtopo_simplified.geojson`, `${data}/boundaries/moz_adm2_codtopo_simplified.geojson`, `${data}/needs/hno_2024_MOZ.csv`]);
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="ready"]').length === 3);
  await shoot(page, "moz-files");
  await page.click(".import-foot .primary");
  await page.waitForFunction(() => document.querySelectorAll('.file[data-state="committed"]').length === 3);
  await page.reload();
  await page.waitForSelector(".drop");
  await page.setInputFiles("#import-file", [`${data}/activities/20190731_ocha_moz_response_tracking_matrix_consolidated_20190909.xlsx`]);
  await page.waitForSelector(".meter");
  await shoot(page, "moz-reading");
  await page.waitForSelector(".mapping");
  assert.match(await page.locator(".found").innerText(), /Data_Entry/);
  assert.match(await page.locator(".report .headline").innerText(), /8,391/);
  await shoot(page, "moz-report");
  await page.locator(".report").scrollIntoViewIfNeeded();
  await page.locator(".issues").scrollIntoViewIfNeeded();
  await shoot(page, "moz-issues");

  // The mapping of one column is put right, and what was found is taken back again.
  const column = page.locator('[data-column="Implementing Partner"]');
  const why = (pattern) => page.waitForFunction((words) => new RegExp(words).test(document.querySelector('th:has([data-column="Implementing Partner"]) .why')?.textContent ?? ""), pattern);
  assert.equal(await column.inputValue(), "implementing_partner");
  await column.selectOption("donor");
  await why("you said so");
  await column.scrollIntoViewIfNeeded();
  await shoot(page, "moz-column-fixed");
  await page.locator('th:has([data-column="Implementing Partner"]) .button').click();
  await why("^header");

  await page.click("text=See the gaps");
  await settled(page);
  await mapped(page);
  await shoot(page, "moz-preview");
  await page.selectOption("#pick-sector", "WSH");
  await settled(page);
  const reached = await page.locator(".figures").innerText();
  assert.match(reached, /2\.9/);
  await page.click(".banner .primary");
  await page.waitForSelector(".banner.good");
  await settled(page);
  await mapped(page);
  assert.match(await page.locator(".figures").innerText(), /2\.9/);
  await shoot(page, "moz-after");

  // One name that could not be matched for certain is confirmed, for all rows that use it.
  await page.click(".import-open");
  await page.click("text=To confirm");
  await page.waitForSelector(".review li");
  await shoot(page, "moz-review");
  assert.deepEqual(await axe(page), []);
  const waiting = await page.locator(".review li").count();
  const name = await page.locator(".review li .said strong").first().innerText();
  await page.locator(".review li .acts button").first().click();
  await page.waitForFunction((before) => document.querySelectorAll(".review li").length < before, waiting);
  assert.equal(await page.evaluate(() => document.activeElement?.closest(".review li, .notice") !== null), true, "the keyboard goes on with the next name");
  await page.click(".review-filters >> text=Confirmed");
  assert.equal(await page.locator(".review li .said strong").first().innerText(), name);
  // What was said is taken back: the name waits again.
  await page.locator(".review li .acts button", { hasText: "Take back" }).first().click();
  await page.waitForFunction(() => /Waiting/.test(document.querySelector(".review-filters [aria-current]")?.textContent ?? ""));
  await page.waitForFunction((before) => document.querySelectorAll(".review li").length === before, waiting);
  assert.ok((await page.locator(".review li .said strong").allInnerTexts()).includes(name));
  assert.deepEqual(faults, []);
  await context.close();
});
