/**
 * Every string on the page comes from a dictionary. `en` is the shape: a language that misses a key
 * or has one too many does not compile. Further languages (fr, es, ar, pt) are one file and one line here each.
 */

import { en } from "./en";

export type Dictionary = { readonly [K in Key]: string };
export type Key = keyof typeof en;

interface Language {
  dir: "ltr" | "rtl";
  load: () => Promise<Dictionary>;
}

export const LANGUAGES: Record<string, Language> = {
  en: { dir: "ltr", load: () => Promise.resolve(en) },
};

let words: Dictionary = en;
let code = "en";

/** The language of the page, for Intl. */
export const locale = (): string => code;

/** Takes the reader's first language that is here, and tells the document. */
export async function choose(wanted: readonly string[]): Promise<void> {
  const found = wanted.map((tag) => tag.split("-")[0] ?? "").find((tag) => tag in LANGUAGES) ?? "en";
  const language = LANGUAGES[found] as Language;
  words = await language.load();
  // The reader's own region, where it is the same language: digits and dates as at home.
  code = wanted.find((tag) => tag.split("-")[0] === found) ?? found;
  document.documentElement.lang = found;
  document.documentElement.dir = language.dir;
}

/** The words under a key, with `{name}` replaced. */
export function t(key: Key, values: Record<string, string | number> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** The words for a count, by the plural rule of the language: `key.one`, `key.other`, and where a language has them `.two`, `.few`, `.many`. */
export function many(key: PluralKey, count: number, values: Record<string, string | number> = {}): string {
  const rule = new Intl.PluralRules(code).select(count);
  const exact = `${key}.${rule}` as Key;
  return t(exact in words ? exact : (`${key}.other` as Key), { count: new Intl.NumberFormat(code).format(count), ...values });
}
export type PluralKey = Key extends infer K ? (K extends `${infer Stem}.other` ? Stem : never) : never;

/** A key made at run time (a code from the server), or `fallback` where the dictionary has no words for it. */
export function maybe(key: string, fallback: string): string {
  return key in words ? words[key as Key] : fallback;
}
