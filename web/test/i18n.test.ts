import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { en } from "../src/i18n/en";

const source = join(process.env.WEB_DIR as string, "src");
const files = (readdirSync(source, { recursive: true }) as string[]).filter((name) => name.endsWith(".ts") && !name.includes("i18n"));
const text = files.map((name) => readFileSync(join(source, name), "utf8")).join("\n");

test("every_string_of_the_dictionary_is_used", () => {
  const made = [...text.matchAll(/`([a-z._-]+\.)\$\{/g)].map(([, prefix]) => prefix as string);
  const unused = Object.keys(en).filter((key) => {
    const stem = key.replace(/\.(one|other)$/, "");
    return !text.includes(`"${key}"`) && !text.includes(`"${stem}"`) && !made.some((prefix) => key.startsWith(prefix));
  });
  assert.deepEqual(unused, []);
});

test("plural_forms_come_in_pairs", () => {
  const keys = new Set(Object.keys(en));
  for (const key of keys) if (key.endsWith(".one")) assert.ok(keys.has(key.replace(/one$/, "other")), key);
});

test("the_style_sheets_name_no_left_and_no_right", () => {
  for (const name of readdirSync(join(source, "css"))) {
    const css = readFileSync(join(source, "css", name), "utf8");
    // The map library places its canvas by `left`; nothing else may.
    const found = css.match(/(margin|padding|border)-(left|right)|text-align: (left|right)|^\s+right:/gm);
    assert.equal(found, null, name);
  }
});

test("colours_and_radii_are_named_in_one_file", () => {
  for (const name of readdirSync(join(source, "css"))) {
    const css = readFileSync(join(source, "css", name), "utf8").replaceAll(/url\("[^"]*"\)/g, "");
    assert.equal(css.match(/#[0-9a-f]{6}\b/gi), null, name);
  }
});
