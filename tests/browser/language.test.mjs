// The languages of the page: which it speaks, that it is remembered, and that it fits.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { OPTIONS, PHONE, URL_BASE, axe, go, launch, mapped, open, operation, settled, shoot } from "./help.mjs";

let browser;
before(async () => {
  if (URL_BASE) browser = await launch();
});
after(() => browser?.close());

const spoken = (page) => page.evaluate(() => `${document.documentElement.lang} ${document.documentElement.dir}`);
const ofLanguages = (asked) => asked.filter((url) => /\/assets\/(fr|es|pt|ar)-\w+\.js/.test(url)).length;

/** Words that do not fit: cut, or beyond an edge of the window. Names are data: they may be as long as they are. */
const cut = (page) =>
  page.locator("h1, h2, dt, dd, button, label, summary, .head p, .ranked th > *, .legend .entry > *, .field > *, .languages li > *").evaluateAll((all) =>
    all
      .filter((one) => one.checkVisibility() && !one.closest(".reader, .skip, .tip") && !one.matches(".summary, #pick-operation, .layers:not([open]) *") && !(one.matches(".state") && one.textContent.includes(" · ")))
      .filter((one) => {
        const { left, right } = one.getBoundingClientRect();
        return right > innerWidth + 1 || left < -1 || (getComputedStyle(one).overflowX !== "visible" && one.scrollWidth > one.clientWidth + 1);
      })
      .map((one) => `${one.className || one.tagName}: ${one.textContent}`),
  );

test("a_language_is_chosen_by_keyboard_and_remembered", OPTIONS, async () => {
  const { page, context, faults, asked } = await open(browser);
  await go(page, "&sector=WSH");
  assert.equal(await spoken(page), "en ltr");
  assert.equal(ofLanguages(asked), 0, "English asks for no other language");
  await page.locator(".languages summary").focus();
  await page.keyboard.press("Enter");
  assert.deepEqual(await page.locator(".languages button").allInnerTexts(), ["English", "Français", "Español", "Português", "العربية"]);
  for (let i = 0; i < 5; i += 1) await page.keyboard.press("Tab");
  await Promise.all([page.waitForNavigation(), page.keyboard.press("Enter")]);
  await settled(page);
  assert.equal(await spoken(page), "ar rtl");
  assert.equal(ofLanguages(asked), 2, "once before the page is left, and then from the browser's own store");
  assert.match(page.url(), /sector=WSH/);
  assert.doesNotMatch(page.url(), /lang/);
  assert.match(await page.locator(".figures").innerText(), /\d\D{0,3}(ألف|مليون)/);
  assert.doesNotMatch(await page.locator("body").innerText(), /[\u0660-\u0669]/);
  const [panel, map] = [await page.locator(".panel").boundingBox(), await page.locator(".map").boundingBox()];
  assert.ok(panel.x + panel.width <= map.x + 1, "the panel is left of the map");
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".line summary");
  assert.equal(await page.locator(".rule").getAttribute("lang"), "en", "what the server says is marked");
  assert.deepEqual(await axe(page), []);
  await shoot(page, "language-ar");
  // Another window of the same reader.
  const other = await context.newPage();
  await go(other);
  assert.equal(await spoken(other), "ar rtl");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the_browsers_list_and_a_link_say_the_language_and_a_link_holds_for_its_window_only", OPTIONS, async () => {
  const { page, context, faults, asked } = await open(browser, { locale: "fr-FR" });
  await go(page);
  assert.equal(await spoken(page), "fr ltr");
  assert.equal(ofLanguages(asked), 1);
  assert.match(await page.locator(".figures .range").first().innerText(), /^\d+(\u202f\d{3})+$/);
  assert.match(await page.locator(".figures dt").first().innerText(), /^Personnes dans le besoin$/);
  await go(page, "&lang=pt");
  assert.equal(await spoken(page), "pt ltr");
  assert.doesNotMatch(page.url(), /lang/);
  await page.reload();
  await settled(page);
  assert.equal(await spoken(page), "pt ltr");
  const other = await context.newPage();
  await go(other);
  assert.equal(await spoken(other), "fr ltr");
  assert.deepEqual(faults, []);
  await context.close();
});

for (const [code, locale] of [["fr", "fr-FR"], ["es", "es-CO"], ["pt", "pt-MZ"], ["ar", "ar-EG"]]) {
  test(`nothing_is_cut_on_a_phone_in_${code}`, OPTIONS, async () => {
    const { page, context, faults } = await open(browser, { size: PHONE, touch: true, scale: 2, locale });
    await go(page);
    await mapped(page);
    assert.equal((await spoken(page)).slice(0, 2), code);
    const look = async (where) => {
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)) <= 0, where);
      assert.deepEqual(await cut(page), [], where);
    };
    await look("at first");
    await page.click(".summary");
    await look("filters");
    await page.click(".summary");
    await page.click(".languages summary");
    await look("languages");
    await page.keyboard.press("Escape");
    for (const name of ["layers", "legend"]) {
      await page.click(`.${name} summary`);
      await look(name);
      await page.click(`.${name} summary`);
    }
    await shoot(page, `phone-${code}`);
    await page.locator(".handle").focus();
    await page.keyboard.press("ArrowUp");
    await page.locator("tr[data-pcode]").first().click();
    await page.waitForSelector(".line summary");
    await look("an area");
    assert.deepEqual(faults, []);
    await context.close();
  });
}

test("a_language_that_was_spoken_is_there_without_network", OPTIONS, async () => {
  const { page, context } = await open(browser, { workers: "allow", locale: "en-GB" });
  await go(page);
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await page.click(".languages summary");
  await Promise.all([page.waitForNavigation(), page.click('.languages [lang="fr"]')]);
  await settled(page);
  await context.setOffline(true);
  await page.goto(`${URL_BASE}/?operation=${(await operation()).id}`);
  await settled(page);
  assert.equal(await spoken(page), "fr ltr");
  assert.match(await page.locator(".notice").innerText(), /Hors ligne/);
  // What nobody has spoken here cannot be had now, and all stays as it is.
  await page.click(".languages summary");
  await page.click('.languages [lang="ar"]');
  await page.waitForFunction(() => [...document.querySelectorAll(".reader[role=status]")].some((one) => one.textContent.includes("العربية")));
  assert.equal(await spoken(page), "fr ltr");
  await context.close();
});
