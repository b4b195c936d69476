// Bundles the page and that of a published folder: `node build.mjs [output [output of the other]]`. Names carry a hash, so that the server may
// let browsers keep them for ever; only index.html is asked for again.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(here, "dist"));
const published = resolve(process.argv[3] ?? join(here, "dist-published"));

for (const folder of [out, published]) rmSync(folder, { recursive: true, force: true });
mkdirSync(join(out, "assets"), { recursive: true });

const result = await build({
  absWorkingDir: here,
  entryPoints: { main: "src/main.ts", theme: "src/theme.css" },
  outdir: join(out, "assets"),
  entryNames: "[name]-[hash]",
  chunkNames: "[name]-[hash]",
  bundle: true,
  splitting: true,
  format: "esm",
  target: ["es2022"],
  // The words of the page as they are written: half as many bytes where they are not in Latin letters.
  charset: "utf8",
  minify: true,
  metafile: true,
  legalComments: "linked",
  logLevel: "warning",
});

// The page of a published folder: one script that is no module, as a browser loads no modules from a disk.
await build({
  absWorkingDir: here,
  entryPoints: { lacuna: "src/published/main.ts", theme: "src/theme.css" },
  outdir: join(published, "page"),
  bundle: true,
  format: "iife",
  target: ["es2022"],
  minify: true,
  legalComments: "linked",
  logLevel: "warning",
});
// Its languages are scripts too, each loaded when it is spoken.
const LANGUAGES = ["fr", "es", "pt", "ar"];
await build({
  absWorkingDir: here,
  entryPoints: LANGUAGES.map((code) => `src/i18n/${code}.ts`),
  outdir: join(published, "page"),
  bundle: true,
  format: "iife",
  globalName: "lacunaWords",
  target: ["es2022"],
  charset: "utf8",
  minify: true,
  logLevel: "warning",
});
cpSync(join(here, "src/published/index.html"), join(published, "index.html"));
cpSync(join(here, "src/icon.svg"), join(published, "page/icon.svg"));
// What is passed on carries the licences of those who made it.
for (const [name, file] of [["maplibre-gl", "LICENSE.txt"], ["pmtiles", "LICENSE"]]) {
  const from = join(here, "node_modules", name, file);
  if (existsSync(from)) cpSync(from, join(published, `page/${name}-license.txt`));
}

/** The name a browser asks for, of the output made from `source`. */
function built(source) {
  const found = Object.entries(result.metafile.outputs).find(([, made]) => made.entryPoint === source);
  if (!found) throw new Error(`nothing was built from ${source}`);
  return relative(out, join(here, found[0])).replaceAll("\\", "/");
}

/** What a file needs at once: asked for together, and not one after the other on a slow line. */
function needed(source) {
  const [start] = Object.entries(result.metafile.outputs).find(([, made]) => made.entryPoint === source);
  const found = new Set();
  const walk = (name) => {
    for (const { path, kind } of result.metafile.outputs[name].imports) if (kind === "import-statement" && !found.has(path)) found.add(path), walk(path);
  };
  walk(start);
  return [...found].map((name) => relative(out, join(here, name)).replaceAll("\\", "/"));
}

cpSync(join(here, "src/icon.svg"), join(out, "assets/icon.svg"));
const page = readFileSync(join(here, "src/index.html"), "utf8")
  .replace("{{theme}}", `/${built("src/theme.css")}`)
  .replace("{{main}}", `/${built("src/main.ts")}`)
  .replace("{{needed}}", needed("src/main.ts").map((name) => `<link rel="modulepreload" href="/${name}" />`).join("\n    "))
  .replace("{{map}}", `/${built("src/map/map.ts")}`);
writeFileSync(join(out, "index.html"), page);

// The worker keeps the last operation readable without network. Its name must stay the same, so it
// carries the list of files it keeps, and a hash of that list, inside.
// Of the languages it keeps those that are spoken.
const words = Object.fromEntries(LANGUAGES.map((code) => [code, built(`src/i18n/${code}.ts`)]));
const files = Object.keys(result.metafile.outputs)
  .map((name) => relative(out, join(here, name)).replaceAll("\\", "/"))
  .filter((name) => /\.(js|css)$/.test(name) && !Object.values(words).includes(name))
  .sort();
const version = createHash("sha256").update(page).update(files.join()).digest("hex").slice(0, 12);
await build({
  absWorkingDir: here,
  entryPoints: ["src/offline.ts"],
  outfile: join(out, "offline.js"),
  bundle: true,
  minify: true,
  target: ["es2022"],
  define: { FILES: JSON.stringify(["./", "assets/icon.svg", ...files]), WORDS: JSON.stringify(words), VERSION: JSON.stringify(version) },
  logLevel: "warning",
});
