// What every test of the page needs: a real browser, a watch on what it asks for and says, and a few
// ways to look at it. The server is not started here: LACUNA_URL says where it is.
import assert from "node:assert/strict";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";

const web = createRequire(new URL("../../web/package.json", import.meta.url));
const { chromium } = web("playwright-core");

export const URL_BASE = process.env.LACUNA_URL?.replace(/\/$/, "") ?? null;
/** For `test(name, options)`: says why nothing ran. */
export const OPTIONS = { skip: URL_BASE ? false : "LACUNA_URL is not set", timeout: 120_000 };

const BROWSER = process.env.LACUNA_CHROMIUM ?? "/usr/bin/chromium";
const ARGUMENTS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--use-gl=angle",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--no-first-run",
];
export const DESK = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };

/** The drawing program's remarks on its own speed are no fault of the page. */
const NOT_OURS = [/GL Driver Message/, /Automatic fallback to software WebGL/, /Service Worker registration blocked/];

export async function launch() {
  return chromium.launch({ executablePath: BROWSER, args: ARGUMENTS });
}

/** A window of its own, for a page of one host (none: from a disk); `faults` fills with console errors, failed requests and requests to another host. */
export async function open(browser, { size = DESK, dark = false, touch = false, scale = 1, motion = "reduce", workers = "block", locale = "en-GB", host = new URL(URL_BASE).host } = {}) {
  const context = await browser.newContext({
    viewport: size,
    colorScheme: dark ? "dark" : "light",
    hasTouch: touch,
    deviceScaleFactor: scale,
    reducedMotion: motion,
    serviceWorkers: workers,
    locale,
  });
  const page = await context.newPage();
  const faults = [];
  const asked = [];
  page.on("console", (said) => {
    if (["error", "warning"].includes(said.type()) && !NOT_OURS.some((one) => one.test(said.text()))) faults.push(`console: ${said.text()}`);
  });
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => {
    const url = new URL(request.url());
    asked.push(request.url());
    if (["http:", "https:", "ws:", "wss:"].includes(url.protocol) && url.host !== host) faults.push(`other host: ${request.url()}`);
  });
  page.on("response", (answer) => answer.status() >= 400 && faults.push(`${answer.status()}: ${answer.url()}`));
  return { page, context, faults, asked };
}

let known = null;
/** The operation to test with: `demo` where it is served, else the first. */
export async function operation() {
  if (known) return known;
  const { operations } = await (await fetch(`${URL_BASE}/api`)).json();
  assert.ok(operations.length > 0, "the server has no operation");
  const { id } = operations.find((one) => one.id === "demo") ?? operations[0];
  const landing = await (await fetch(`${URL_BASE}/api/${id}`)).json();
  known = { ...landing, id };
  return known;
}

/** Real files, where they are beside the project: boundaries first. */
const REAL = fileURLToPath(new URL("../../../shared/data/mozambique/", import.meta.url));
const REAL_FILES = [
  ["areas", "boundaries/moz_adm1_codtopo_simplified.geojson"],
  ["areas", "boundaries/moz_adm2_codtopo_simplified.geojson"],
  ["needs", "needs/hno_2024_MOZ.csv"],
  ["activities", "activities/20190731_ocha_moz_response_tracking_matrix_consolidated_20190909.xlsx"],
];

/** The id of an operation of real data, imported where it is not served yet; `null` where there are none. */
export async function real() {
  const { operations } = await (await fetch(`${URL_BASE}/api`)).json();
  const known = operations.find(({ id }) => id.startsWith("moz"));
  if (known) return known.id;
  if (!existsSync(REAL) || !process.env.LACUNA_TOKEN) return null;
  for (const [kind, file] of REAL_FILES) {
    const url = `${URL_BASE}/api/mozambique/imports?commit=true&kind=${kind}&file=${encodeURIComponent(basename(file))}`;
    const answer = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${process.env.LACUNA_TOKEN}` }, body: readFileSync(join(REAL, file)) });
    assert.ok(answer.ok, `${file}: ${answer.status}`);
  }
  return "mozambique";
}

/** A file sent to an operation past the page: committed, or a draft whose id comes back. */
export async function sent(op, kind, name, text, commit = true) {
  const url = `${URL_BASE}/api/${op}/imports?commit=${commit}&kind=${kind}&file=${encodeURIComponent(name)}`;
  const answer = await fetch(url, { method: "POST", headers: { authorization: `Bearer ${process.env.LACUNA_TOKEN}` }, body: text });
  assert.ok(answer.ok, `${name}: ${answer.status} ${await answer.clone().text()}`);
  return (await answer.json()).id;
}

/** Two sectors to change between, busiest first. */
export async function sectors() {
  const { sectors: all } = await operation();
  return [...all].filter((one) => one.code !== "ALL").sort((a, b) => b.activities + b.needs - a.activities - a.needs).map((one) => one.code);
}

export async function go(page, search = "") {
  const { id } = await operation();
  await page.goto(`${URL_BASE}/?operation=${id}${search}`);
  await settled(page);
}

/** Figures are there and nothing is being asked. */
export async function settled(page) {
  await page.waitForFunction(() => document.querySelector(".panel > .progress")?.hidden === true && document.querySelector("tr[data-pcode], .profile h1, .empty strong") !== null, null, { timeout: 30_000 });
}

export async function mapped(page) {
  await page.waitForFunction(() => Number(document.querySelector(".chart")?.dataset.areas ?? 0) > 0 && document.querySelector(".map > .progress")?.hidden === true, null, { timeout: 60_000 });
  // The last tiles are cut in a worker; what is drawn is looked at, not guessed.
  let before = "";
  for (let i = 0; i < 40; i += 1) {
    const now = (await page.locator(".map").screenshot()).toString("base64");
    if (now === before) return;
    before = now;
    await page.waitForTimeout(250);
  }
}

/** The part of the map's picture that is not its ground, 0-1. */
export async function drawn(page) {
  const picture = (await page.locator(".chart").screenshot()).toString("base64");
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    const { data } = pen.getImageData(0, 0, bitmap.width, bitmap.height);
    const hex = getComputedStyle(document.documentElement).getPropertyValue("--ground").trim();
    const ground = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
    let other = 0;
    for (let i = 0; i < data.length; i += 4) if (ground.some((value, channel) => Math.abs(value - data[i + channel]) > 6)) other += 1;
    return other / (data.length / 4);
  }, picture);
}

export function rows(page) {
  return page.locator("tr[data-pcode]").evaluateAll((all) => all.slice(0, 12).map((row) => row.innerText.replaceAll(/\s+/g, " ")));
}

const axeSource = readFileSync(web.resolve("axe-core/axe.min.js"), "utf8");
/** Serious and critical faults that axe finds by the rules of WCAG 2.2 AA. */
export async function axe(page) {
  await page.evaluate(axeSource);
  const found = await page.evaluate(() => globalThis.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"], resultTypes: ["violations"] }));
  return found.violations
    .filter((one) => ["serious", "critical"].includes(one.impact))
    .map((one) => `${one.id}: ${one.help} (${one.nodes.slice(0, 3).map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join("; ")})`);
}

/** Saved for a person to look at, where LACUNA_SCREENSHOTS names a folder. */
export async function shoot(page, name) {
  const folder = process.env.LACUNA_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
