// The picture at the top of README: the gaps of the demo in water and sanitation, of a server that
// LACUNA_URL names.  LACUNA_URL=http://127.0.0.1:8080 node tests/browser/screenshot.mjs
import { fileURLToPath } from "node:url";
import { go, launch, mapped, open } from "./help.mjs";

const browser = await launch();
try {
  const { page } = await open(browser, { size: { width: 1280, height: 800 } });
  await go(page, "&sector=WSH");
  await mapped(page);
  await page.screenshot({ path: fileURLToPath(new URL("../../web/screenshot.png", import.meta.url)) });
} finally {
  await browser.close();
}
