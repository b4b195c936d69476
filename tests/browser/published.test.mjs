// A published folder: from a disk, from a host that serves parts of files and from one that does not.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PHONE, axe, drawn, launch, mapped, open, rows, settled, shoot } from "./help.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BINARY = resolve(ROOT, process.env.LACUNA_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? "target", "release/lacuna"));
const OPTIONS = { skip: existsSync(BINARY) ? false : `there is no ${BINARY}`, timeout: 240_000 };
const DEMO = ["areas adm1.geojson", "areas adm2.geojson", "population population.csv", "needs needs.csv", "activities activities.csv"];

let browser;
let place;
const lacuna = (...given) => execFileSync(BINARY, given, { cwd: place, encoding: "utf8", env: { ...process.env, LACUNA_DATABASE: "demo.sqlite" } });

before(async () => {
  if (OPTIONS.skip) return;
  browser = await launch();
  place = mkdtempSync(join(tmpdir(), "lacuna-published-"));
  for (const one of DEMO) {
    const [kind, file] = one.split(" ");
    lacuna("import", kind, join(ROOT, "data/demo", file), "--operation", "velanoa", "--name", "Exercise: Velanoa");
  }
  lacuna("publish", "map", "--operation", "velanoa");
});
after(async () => {
  await browser?.close();
  if (place) rmSync(place, { recursive: true, force: true });
});

function files(folder) {
  const all = readdirSync(folder, { recursive: true }).map((name) => join(folder, name));
  return all.filter((file) => statSync(file).isFile()).sort();
}

const digests = (folder) => files(folder).map((file) => `${relative(folder, file)} ${createHash("sha256").update(readFileSync(file)).digest("hex")}`);

/** A static host; `parts` is whether it knows ranges. Notes how much it sent. */
async function host(folder, parts) {
  const sent = { bytes: 0 };
  const types = { html: "text/html", js: "text/javascript", css: "text/css", svg: "image/svg+xml" };
  const server = createServer((request, response) => {
    const path = join(folder, decodeURIComponent(new URL(request.url, "http://host").pathname).replace(/\/$/, "/index.html"));
    if (!path.startsWith(folder) || !existsSync(path)) return response.writeHead(404).end();
    const whole = readFileSync(path);
    const range = parts && /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "");
    const body = range ? whole.subarray(Number(range[1]), Number(range[2]) + 1) : whole;
    sent.bytes += body.length;
    response.writeHead(range ? 206 : 200, { "content-type": types[path.split(".").at(-1)] ?? "application/octet-stream", "content-length": body.length });
    response.end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { url: `http://127.0.0.1:${server.address().port}/`, sent, close: () => server.close() };
}

/** The page as anybody would look at it: the whole, a sector, a month, an area. */
async function walk(url, name) {
  const { page, context, faults } = await open(browser, { host: url.startsWith("http") ? new URL(url).host : "" });
  await page.goto(url);
  await settled(page);
  await mapped(page);
  assert.ok((await drawn(page)) > 0.03, "areas are painted");
  const all = await rows(page);
  await shoot(page, `published-${name}`);
  await page.selectOption("#pick-sector", "WSH");
  await page.waitForURL((now) => now.searchParams.get("sector") === "WSH");
  await settled(page);
  const sector = await rows(page);
  assert.notDeepEqual(sector, all);
  await page.locator(".period .step").first().click();
  await page.waitForURL((now) => now.searchParams.has("from"));
  await settled(page);
  assert.notDeepEqual(await rows(page), sector);
  await page.locator("tr[data-pcode]").first().click();
  await page.waitForSelector(".profile h1");
  const table = await page.locator('a[href*="tables/"]').getAttribute("href");
  assert.ok(existsSync(join(place, "map", table)), table);
  assert.equal(await page.locator(".import-open").count(), 0, "nothing can be imported");
  assert.deepEqual(faults, []);
  await context.close();
  return all;
}

test("a_folder_opens_from_a_disk_and_from_any_host", OPTIONS, async () => {
  const folder = join(place, "map");
  const fromDisk = await walk(pathToFileURL(join(folder, "index.html")).href, "disk");
  const inParts = await host(folder, true);
  assert.deepEqual(await walk(inParts.url, "host"), fromDisk);
  inParts.close();
  const whole = await host(folder, false);
  assert.deepEqual(await walk(whole.url, "plain-host"), fromDisk);
  whole.close();
});

test("a_folder_is_for_phones_and_for_everybody_too", OPTIONS, async () => {
  // From a host, as axe asks for the stylesheet once more, which nobody gets from a disk.
  const served = await host(join(place, "map"), true);
  const { page, context, faults } = await open(browser, { host: new URL(served.url).host, size: PHONE, touch: true, scale: 2, dark: true });
  await page.goto(served.url);
  await settled(page);
  await mapped(page);
  assert.deepEqual(await axe(page), []);
  await shoot(page, "published-phone");
  assert.deepEqual(faults, []);
  await context.close();
  served.close();
});

test("a_folder_speaks_the_readers_language_from_a_disk_too", OPTIONS, async () => {
  const { page, context, faults, asked } = await open(browser, { host: "", locale: "ar" });
  await page.goto(pathToFileURL(join(place, "map/index.html")).href);
  await settled(page);
  assert.equal(await page.evaluate(() => document.documentElement.dir), "rtl");
  await page.click(".languages summary");
  await Promise.all([page.waitForNavigation(), page.click('.languages [lang="es"]')]);
  await settled(page);
  assert.match(await page.locator(".figures dt").first().innerText(), /^Personas en necesidad$/);
  assert.equal(asked.filter((url) => /page\/(fr|pt)\.js/.test(url)).length, 0, "only what is spoken is loaded");
  assert.deepEqual(faults, []);
  await context.close();
});

test("the_same_revision_makes_the_same_bytes_and_nothing_old_stays", OPTIONS, async () => {
  const before = digests(join(place, "map"));
  lacuna("publish", "other", "--operation", "velanoa");
  assert.deepEqual(digests(join(place, "other")), before);
  const old = join(place, "other/data/WSH/1999-01.js");
  writeFileSync(old, "old");
  lacuna("publish", "other", "--operation", "velanoa");
  assert.deepEqual(digests(join(place, "other")), before);
  assert.throws(() => lacuna("publish", ".", "--operation", "velanoa"), /other files/);
  assert.match(readFileSync(join(place, "map/README.txt"), "utf8"), /revision \d+/);
});
