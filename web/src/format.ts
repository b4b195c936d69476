/** Numbers and dates as people of the page's language write them. */

import { locale, t } from "./i18n";
import type { Unit } from "./measures";

const cache = new Map<string, Intl.NumberFormat>();
function number(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  const key = locale() + JSON.stringify(options);
  let made = cache.get(key);
  if (!made) cache.set(key, (made = new Intl.NumberFormat(locale(), options)));
  return made;
}

export const DASH = "–";

/** Exact, for tables: 1,304,512. */
export function exact(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : number({ maximumFractionDigits: 0 }).format(value);
}

/** Rounded, for headlines: 1.3 M, or how else the language says it. */
export function rounded(value: number | null | undefined): string {
  if (value === null || value === undefined) return DASH;
  if (Math.abs(value) < 10_000) return exact(value);
  const unit = Math.abs(value) >= 999_500 ? 1e6 : 1e3;
  const scaled = number({ maximumFractionDigits: Math.abs(value) / unit < 100 && unit === 1e6 ? 1 : 0 }).format(value / unit);
  return t(unit === 1e6 ? "number.millions" : "number.thousands", { value: scaled });
}

export function percent(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : number({ style: "percent", maximumFractionDigits: 0 }).format(value);
}

export function inUnit(value: number | null | undefined, unit: Unit): string {
  return unit === "share" ? percent(value) : exact(value);
}

export function km2(value: number | null | undefined): string {
  return value === null || value === undefined ? DASH : t("unit.km2", { value: number({ maximumFractionDigits: value < 10 ? 1 : 0 }).format(value) });
}

/** 2026-03 as "March 2026", or "Mar" for a small cell. */
export function month(text: string, style: "long" | "short" | "cell" = "long"): string {
  const [year = 0, index = 1] = text.split("-").map(Number);
  const options: Intl.DateTimeFormatOptions =
    style === "cell" ? { month: "short" } : { month: style, year: "numeric" };
  return new Intl.DateTimeFormat(locale(), { ...options, timeZone: "UTC" }).format(Date.UTC(year, index - 1, 1));
}

/** Months from–to, with the year once where it is the same. */
export function months(from: string, to: string, style: "long" | "short"): string {
  const at = (text: string): number => Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, 1);
  return new Intl.DateTimeFormat(locale(), { month: style, year: "numeric", timeZone: "UTC" }).formatRange(at(from), at(to));
}

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" };

export function day(text: string | null): string {
  if (!text) return DASH;
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : new Intl.DateTimeFormat(locale(), DAY).format(at);
}

/** The day and the time of day, by the reader's own clock. */
export function moment(text: string | null): string {
  if (!text) return DASH;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return text;
  return new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" }).format(at);
}

/** Days from–to, what they share said once; an end that is not known is left open. */
export function days(from: string | null, to: string | null): string {
  if (!from && !to) return DASH;
  if (!from || !to) return from ? `${day(from)} –` : `– ${day(to)}`;
  const [start, end] = [Date.parse(from), Date.parse(to)];
  // A row may end before it starts; it is shown as it was reported.
  if (!(start <= end)) return `${day(from)} – ${day(to)}`;
  return new Intl.DateTimeFormat(locale(), DAY).formatRange(start, end);
}

/** "a minute ago": how long before `now` (milliseconds). */
export function ago(text: string, now: number): string {
  const seconds = Math.round((Date.parse(text) - now) / 1000);
  if (Number.isNaN(seconds)) return text;
  const words = new Intl.RelativeTimeFormat(locale(), { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]] as const) {
    if (Math.abs(seconds) >= size) return words.format(Math.round(seconds / size), unit);
  }
  return words.format(0, "second");
}

/** Words in alphabetical order of the page's language. */
export function compare(a: string, b: string): number {
  return collator().compare(a, b);
}
let held: Intl.Collator | null = null;
function collator(): Intl.Collator {
  return (held ??= new Intl.Collator(locale(), { numeric: true, sensitivity: "base" }));
}
