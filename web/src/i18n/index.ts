/**
 * Every string on the page comes from a dictionary. `en` is the shape: a language that misses a key
 * or has one too many does not compile. A language is one file, one line here and one in `load.ts`.
 */

import { en } from "./en";

export type Key = keyof typeof en;
export type PluralKey = Key extends infer K ? (K extends `${infer Stem}.one` ? Stem : never) : never;

/** English has two plural forms; a language with more has them too. A form that is not there is `.other`. */
type Plurals<Form extends string> = { readonly [K in `${PluralKey}.${Form}`]: string };
export type Dictionary = { readonly [K in Key]: string } & Partial<Plurals<"two" | "few" | "many">>;
export type FullDictionary = Dictionary & Plurals<"two" | "few" | "many">;

export const LANGUAGES = {
  en: { name: "English", dir: "ltr" },
  fr: { name: "Français", dir: "ltr" },
  es: { name: "Español", dir: "ltr" },
  pt: { name: "Português", dir: "ltr" },
  ar: { name: "العربية", dir: "rtl" },
} as const;
export type Code = keyof typeof LANGUAGES;
/** How the words of a language come to the page; English is part of it. */
export type Load = (code: Exclude<Code, "en">) => Promise<Dictionary>;

const base = (tag: string): string => tag.split("-")[0] ?? "";
const isHere = (code: string): code is Code => Object.hasOwn(LANGUAGES, code);

let words: Dictionary = en;
let code: Code = "en";
let tag = "en";
let loader: Load | null = null;

/** The language of the page, for Intl. */
export const locale = (): string => tag;
export const language = (): Code => code;
export const isRightToLeft = (): boolean => LANGUAGES[code].dir === "rtl";

/** What is at the beginning of a line and at its end, from left to right. */
export const sided = <T>(start: T, end: T): [T, T] => (isRightToLeft() ? [end, start] : [start, end]);

/** The words of a language. */
export async function fetched(one: Code): Promise<Dictionary> {
  return one === "en" || loader === null ? en : loader(one);
}

/** Takes the first wanted language that is here and can be had, and tells the document. */
export async function choose(wanted: readonly string[], load: Load): Promise<void> {
  loader = load;
  [words, code] = [en, "en"];
  for (const one of wanted.map(base).filter(isHere)) {
    const found = await fetched(one).catch(() => null);
    if (!found) continue;
    [words, code] = [found, one];
    break;
  }
  tag = tagOf(wanted.find((one) => base(one) === code && one !== code) ?? code);
  document.documentElement.lang = code;
  document.documentElement.dir = LANGUAGES[code].dir;
}

/** The reader's own region, with the digits and the calendar that reports are written in. */
function tagOf(wanted: string): string {
  const options = { numberingSystem: "latn", calendar: "gregory" };
  try {
    return new Intl.Locale(wanted, options).toString();
  } catch {
    return new Intl.Locale(code, options).toString();
  }
}

const [RIGHT_TO_LEFT, BY_ITSELF, END] = ["\u2067", "\u2068", "\u2069"];
/** What is filled into a sentence from right to left keeps its own direction; what is put together here already has the page's. */
function apart(part: string | number): string {
  const text = String(part);
  return isRightToLeft() ? `${text.includes(END) ? RIGHT_TO_LEFT : BY_ITSELF}${text}${END}` : text;
}

function filled(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (values[name] === undefined ? whole : apart(values[name])));
}

/** The words under a key, with `{name}` replaced. */
export const t = (key: Key, values: Record<string, string | number> = {}): string => filled(words[key], values);

/** The same in English, for a sentence that is English for everybody. */
export const english = (key: string): string | null => (key in en ? en[key as Key] : null);

/** The words for a count, by the plural rule of the language. */
export function many(key: PluralKey, count: number, values: Record<string, string | number> = {}): string {
  const form = words[`${key}.${new Intl.PluralRules(tag).select(count)}` as Key] ?? words[`${key}.other` as Key];
  return filled(form, { count: new Intl.NumberFormat(tag).format(count), ...values });
}

type Part = string | number | false | null | undefined;
const together = (parts: readonly Part[], by: string): string => parts.flatMap((part) => (part || part === 0 ? [apart(part)] : [])).join(by);
/** Facts beside one another; what is nothing is left out. */
export const beside = (parts: readonly Part[]): string => together(parts, " · ");
/** Things of one kind in a row. */
export const listed = (parts: readonly Part[]): string => together(parts, t("list"));

/** A key made at run time (a code from the server), or `fallback` where the dictionary has no words for it. */
export function maybe(key: string, fallback: string): string {
  return key in words ? words[key as Key] : fallback;
}
