import { start } from "./app";
import { choose } from "./i18n";
import { load } from "./i18n/load";
import { wantedLanguages } from "./language";
import { root } from "./root";
import { applyTheme } from "./theme";
import { takeToken } from "./token";

takeToken();
await choose(wantedLanguages(), load);
applyTheme();
// The address may be opened again with a token in a window that is open already.
addEventListener("hashchange", takeToken);
start(document.getElementById("app") as HTMLElement);

// The last operation opens without network. Not needed for anything else, so a refusal is no fault.
if ("serviceWorker" in navigator && isSecureContext) {
  addEventListener("load", () => void navigator.serviceWorker.register(`${root}/offline.js`).catch(() => undefined));
}
