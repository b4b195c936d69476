// Paper: the map as it is seen, its heading, its figures and its foot, on one sheet; a profile on as many as it needs.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { OPTIONS, PHONE, URL_BASE, drawn, go, launch, mapped, open } from "./help.mjs";

let browser;
before(async () => {
  if (URL_BASE) browser = await launch();
});
after(() => browser?.close());

/** Pages of a print, and what part of its map is painted otherwise than its ground. */
async function print(page, name) {
  const bytes = await page.pdf({ preferCSSPageSize: true });
  if (process.env.LACUNA_SCREENSHOTS) writeFileSync(join(process.env.LACUNA_SCREENSHOTS, `${name}.pdf`), bytes);
  const text = bytes.toString("latin1");
  const painted = await page.evaluate(() => {
    const sheet = document.querySelector(".paper-map");
    const { data } = sheet.getContext("2d").getImageData(0, 0, sheet.width, sheet.height);
    let other = 0;
    for (let i = 0; i < data.length; i += 4) if ([0, 1, 2].some((at) => Math.abs(data[i + at] - data[at]) > 6)) other += 1;
    return other / (data.length / 4);
  });
  return { pages: text.match(/\/Type\s*\/Page\b/g)?.length ?? 0, images: text.match(/\/Subtype\s*\/Image\b/g)?.length ?? 0, painted };
}

/** What is on the paper, in words. */
async function words(page) {
  await page.emulateMedia({ media: "print" });
  const text = await page.locator("#app").innerText();
  await page.emulateMedia({ media: null });
  return text;
}

for (const [name, size] of [["desk", undefined], ["phone", { size: PHONE, touch: true }]]) {
  test(`the_map_is_printed_on_one_sheet_from_a_${name}`, OPTIONS, async () => {
    const { page, context, faults } = await open(browser, size);
    await go(page, "&measure=gap&only=c1");
    await mapped(page);
    const view = await drawn(page);
    const { pages, images, painted } = await print(page, `print-${name}`);
    assert.equal(pages, 1);
    assert.ok(images > 0 && painted > 0.03, `the areas are on the sheet: ${images}, ${painted}`);
    const said = await words(page);
    assert.match(said, /Gap, people – .*\n+All sectors · Whole operation · only \d+ of \d+ areas/);
    assert.match(said, /Revision \d+ · \d+ \w+ \d{4}/);
    assert.match(said, /Made .* from .*\.csv/);
    assert.doesNotMatch(said, /updated|Import|Copy link/);
    // The page on the screen is as it was.
    await mapped(page);
    assert.ok(Math.abs(view - (await drawn(page))) < 0.005, "the map on the screen is where it was");
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a_profile_is_printed_with_its_sources_and_foot", OPTIONS, async () => {
  const { page, context, faults } = await open(browser);
  await go(page, "&sort=partners");
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".line summary");
  await mapped(page);
  const { pages, painted } = await print(page, "print-profile");
  assert.ok(pages >= 1 && pages < 8, `${pages} pages`);
  assert.ok(painted > 0.03);
  const said = await words(page);
  assert.match(said, /Sources/);
  assert.match(said, /Made .* from .*\.csv/);
  assert.doesNotMatch(said, /Open in QGIS|Copy link|All areas/);
  assert.deepEqual(faults, []);
  await context.close();
});
