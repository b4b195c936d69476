// The page behind a proxy that has it below a path, and takes that path off or leaves it on.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer, request as ask } from "node:http";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PHONE, drawn, launch, mapped, open, rows, settled, shoot } from "./help.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const BINARY = resolve(ROOT, process.env.LACUNA_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? "target", "release/lacuna"));
const OPTIONS = { skip: existsSync(BINARY) ? false : `there is no ${BINARY}`, timeout: 240_000 };
const PATH = "/lac";

let browser;
before(async () => {
  if (!OPTIONS.skip) browser = await launch();
});
after(() => browser?.close());

/** A server behind a proxy; nothing but what is below the path reaches it. */
async function behind(strips) {
  let port = 0;
  const proxy = createServer((from, to) => {
    if (!from.url.startsWith(PATH)) return to.writeHead(404).end("another program");
    const path = strips ? from.url.slice(PATH.length) || "/" : from.url;
    const passed = ask({ host: "127.0.0.1", port, path: path.startsWith("?") ? `/${path}` : path, method: from.method, headers: from.headers }, (answer) => {
      to.writeHead(answer.statusCode, answer.headers);
      answer.pipe(to);
    });
    passed.on("error", () => to.destroy());
    from.pipe(passed);
  });
  await new Promise((ready) => proxy.listen(0, "127.0.0.1", ready));
  const url = `http://127.0.0.1:${proxy.address().port}${PATH}`;
  const server = spawn(BINARY, ["demo", "--listen", "127.0.0.1:0", "--public-url", `${url}/`], { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  port = await new Promise((ready, failed) => {
    for (const stream of [server.stdout, server.stderr]) {
      stream.on("data", (text) => {
        said += text;
        const found = /Lacuna is at http:\/\/127\.0\.0\.1:(\d+)/.exec(said);
        if (found) ready(Number(found[1]));
      });
    }
    server.on("exit", () => failed(new Error(said)));
  });
  const close = () => {
    server.removeAllListeners("exit");
    server.kill();
    proxy.closeAllConnections();
    proxy.close();
  };
  return { url, close, said: () => said };
}

for (const [name, strips] of [["takes_its_path_off", true], ["leaves_its_path_on", false]]) {
  test(`the_page_works_behind_a_proxy_that_${name}`, OPTIONS, async () => {
    const { url, close, said } = await behind(strips);
    const host = new URL(url).host;
    const { page, context, faults, asked } = await open(browser, { host, workers: "allow" });
    await page.goto(`${url}/?operation=demo&sector=WSH`);
    await settled(page);
    await mapped(page);
    assert.ok((await drawn(page)) > 0.03, "areas are painted");
    await shoot(page, `proxy-${name}`);
    const links = await page.evaluate(async () => {
      document.querySelector("tr[data-pcode]").click();
      await new Promise((next) => setTimeout(next, 500));
      return [...document.querySelectorAll(".profile a[href]")].map((a) => a.href);
    });
    assert.ok(links.length >= 3 && links.every((link) => link.startsWith(`${url}/`) || link.startsWith("blob:")), links.join());
    assert.match(await page.locator(".profile code").innerText(), new RegExp(`^${url}/api/demo$`));
    for (const link of links.filter((link) => /csv|geojson|qgs/.test(link))) assert.equal((await fetch(link)).status, 200, link);
    assert.deepEqual(asked.filter((one) => one.startsWith("http") && !one.startsWith(`${url}/`)), []);

    // Without network, from what the worker has kept.
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForTimeout(500);
    await page.reload();
    await settled(page);
    await mapped(page);
    const before = await rows(page);
    assert.deepEqual(faults, []);
    await context.setOffline(true);
    await page.reload();
    await settled(page);
    assert.deepEqual(await rows(page), before);
    await context.close();

    // The pages without a script, on a phone.
    const phone = await open(browser, { host, size: PHONE, touch: true });
    await phone.page.goto(`${url}?operation=demo`);
    await settled(phone.page);
    await mapped(phone.page);
    await shoot(phone.page, `proxy-${name}-phone`);
    await phone.page.goto(`${url}/api?f=html`);
    for (const link of ["Exercise", "Gaps", "Next page|First page|All as CSV"]) {
      const next = phone.page.getByRole("link", { name: new RegExp(link) }).first();
      assert.ok((await next.getAttribute("href")).startsWith(`${url}/`), link);
      if (!link.includes("CSV")) await next.click();
    }
    await shoot(phone.page, `proxy-${name}-items-phone`);
    assert.deepEqual(phone.faults, []);
    assert.deepEqual(phone.asked.filter((one) => !one.startsWith("data:") && !one.startsWith("blob:") && !one.startsWith(url)), []);
    // A refusal, where people see it.
    await phone.page.goto(`${url}/api/demo/collections/gaps/items?f=html&level=9`);
    assert.match(await phone.page.locator("main").innerText(), /too deep/);
    await shoot(phone.page, `proxy-${name}-refused-phone`);
    await phone.context.close();
    close();
    assert.ok(!/ERROR|WARN|panicked/.test(said()), said());
  });
}
