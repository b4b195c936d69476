import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { exact, month, percent, rounded } from "../src/format";
import { beside, choose, type Dictionary, language, locale, many, t } from "../src/i18n";
import { ar } from "../src/i18n/ar";
import { en } from "../src/i18n/en";
import { es } from "../src/i18n/es";
import { fr } from "../src/i18n/fr";
import { pt } from "../src/i18n/pt";

const OTHERS = { fr, es, pt, ar } as const;
const load = (code: keyof typeof OTHERS): Promise<Dictionary> => Promise.resolve(OTHERS[code]);
const page = { lang: "", dir: "" };
Object.assign(globalThis, { document: { documentElement: page } });

const source = join(process.env.WEB_DIR as string, "src");
const files = (readdirSync(source, { recursive: true }) as string[]).filter((name) => name.endsWith(".ts") && !/i18n[\\/][a-z]{2}\.ts$/.test(name));
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

const holes = (text: string): string[] => [...new Set(text.match(/\{\w+\}/g))].sort();
const isPlural = (key: string): boolean => /\.(one|two|few|many|other)$/.test(key) && `${key.replace(/\.\w+$/, "")}.one` in en;

for (const [code, words] of Object.entries(OTHERS)) {
  test(`every_entry_in_${code}_has_the_places_of_the_english_one`, () => {
    for (const [key, text] of Object.entries(words)) {
      assert.ok(text.trim() !== "" || key === "list", key);
      const shape = en[(key in en ? key : key.replace(/\w+$/, "other")) as keyof typeof en];
      // "One row" and "two rows" may say their number without a figure.
      const counted = (found: string[]): string[] => found.filter((one) => !(isPlural(key) && /\.(one|two)$/.test(key) && one === "{count}"));
      assert.deepEqual(counted(holes(text)), counted(holes(shape)), key);
    }
  });
}

test("arabic_is_written_with_the_digits_of_reports_and_counts_in_its_own_way", async () => {
  assert.equal(Object.values(ar).some((text) => /[\u0660-\u0669\u06f0-\u06f9]/.test(text)), false);
  await choose(["xx", "ar-SA", "en"], load);
  assert.deepEqual([language(), locale(), page.lang, page.dir], ["ar", "ar-SA-u-ca-gregory-nu-latn", "ar", "rtl"]);
  assert.deepEqual([1, 2, 3, 11, 100].map((count) => many("table.count", count).replaceAll(/[\u2068\u2069]/g, "")), ["منطقة واحدة", "منطقتان", "3 مناطق", "11 منطقة", "100 منطقة"]);
  assert.equal(exact(1_304_512), "1,304,512");
  assert.match(rounded(1_304_512), /1\.3.*مليون/);
  assert.match(month("2026-03"), /مارس 2026/);
  // A name between two sentences from right to left keeps its letters together.
  assert.equal(beside(["Velanoa 2", null, 7]), "\u2068Velanoa 2\u2069 · \u20687\u2069");
});

test("numbers_and_months_are_written_as_at_home", async () => {
  await choose(["fr-FR"], load);
  assert.match([rounded(1_304_512), exact(1_304_512), percent(0.634), month("2026-03")].join(), /^1,3\sM,1\s304\s512,63\s%,mars 2026$/);
  assert.equal(t("print.made", { date: "3 mars", sources: "a.csv" }), "Fait le 3 mars à partir de a.csv.");
  await choose(["es-CO"], load);
  assert.deepEqual([rounded(1_304_512), exact(1_304_512)], ["1,3\u00a0M", "1.304.512"]);
  await choose(["pt-MZ"], load);
  assert.deepEqual([many("table.count", 1), many("table.count", 42)], ["1 área", "42 áreas"]);
});

test("a_language_that_cannot_be_had_gives_way_to_the_next_and_to_english", async () => {
  const away = (code: keyof typeof OTHERS): Promise<Dictionary> => (code === "es" ? load(code) : Promise.reject(new Error("no network")));
  await choose(["fr", "es"], away);
  assert.deepEqual([language(), page.lang], ["es", "es"]);
  await choose(["fr", "xx-%"], away);
  assert.deepEqual([language(), locale(), page.dir], ["en", "en-u-ca-gregory-nu-latn", "ltr"]);
  await choose(["en-%%", "fr"], load);
  assert.deepEqual([language(), locale()], ["en", "en-u-ca-gregory-nu-latn"]);
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
