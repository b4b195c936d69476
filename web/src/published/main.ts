/** The page of a published folder. Scripts are not modules here, as a browser loads none from a disk. */

import { start } from "../app";
import { openFolder } from "../folder";
import { choose } from "../i18n";
import { wantedLanguages } from "../language";
import { applyTheme } from "../theme";
import { openedFolder } from "./files";
import { load } from "./words";

async function begin(): Promise<void> {
  await choose(wantedLanguages(), load);
  applyTheme();
  openFolder(await openedFolder());
  start(document.getElementById("app") as HTMLElement);
}

begin().catch((error: unknown) => {
  console.error(error);
  const said = document.createElement("p");
  [said.lang, said.dir] = ["en", "ltr"];
  said.textContent = "The files of this map cannot be read. Copy the whole folder, not only this page; if that is what you have, open it in a newer browser.";
  document.getElementById("app")?.replaceChildren(said);
});
