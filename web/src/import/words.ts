/** Words and small pieces that the parts of the import view share. */

import { ENGLISH, h } from "../dom";
import * as format from "../format";
import { english, maybe, t } from "../i18n";
import { plain } from "../words";
import { type Column, type Kind, KINDS, type Short } from "./client";

export const kindName = (kind: NonNullable<Short["kind"]>): string => maybe(`kind.${kind}`, plain(kind));

/** A field in the words of who fills in a file. */
export const fieldName = (name: string): string => maybe(`field.${name}`, plain(name));

/**
 * A sentence of the server, which is English, for who has only the page: fields by names that people
 * use, blank for a value that is not there, nothing about commands. A name in quotes or brackets is
 * the file's own and stays.
 */
export function told(sentence: string): string {
  return sentence
    .replaceAll(/(?<![\w"“(#.])[a-z]+\d?(?:_[a-z]+)+(?![\w"”)])/g, (name) => lower(english(`field.${name}`) ?? name))
    .replaceAll('""', english("report.blank") ?? "")
    .replaceAll(/ ?Forget it with `?lacuna [^`.]*`?\./g, "")
    // What a command line calls it: here it is a field or a button.
    .replaceAll(/ \(--[a-z-]+\)/g, "")
    .replaceAll(/ \(lacuna [a-z -]+\)/g, "")
    .replaceAll(/ \(METHODS [\d, ]+\)/g, "");
}

/** Such a sentence as it stands on the page. */
export const said = (sentence: string): HTMLElement => h("span", ENGLISH, told(sentence));

/** "Organisation: type" within a sentence. */
function lower(name: string): string {
  const plainly = name.replace(": ", " ");
  return plainly.charAt(0).toLowerCase() + plainly.slice(1);
}

/** 1,234,567 bytes as "1.2 MB". */
export function sizeOf(bytes: number): string {
  if (bytes < 1_000_000) return t("size.kb", { size: format.exact(Math.max(1, Math.round(bytes / 1000))) });
  return t("size.mb", { size: format.exact(Math.round(bytes / 1_000_000)) });
}

/** How sure a mapping is; below `low` somebody should look. */
export function surety({ confidence }: Column): "high" | "mid" | "low" {
  return confidence >= 0.85 ? "high" : confidence >= 0.6 ? "mid" : "low";
}

/** What is being done, with the rows so far. */
export function stepName({ step, rows_done, away }: Short): string {
  if (away) return t("import.step.away");
  const words = t(`import.step.${step ?? "opening"}`);
  return rows_done ? `${words} ${t("import.rows.so-far", { count: format.exact(rows_done) })}` : words;
}

/** A bar of how far something has come; without a share it only says that it goes on. */
export function meter(share: number | null, words: string): HTMLElement {
  const bar = h("progress", share === null ? { max: 1, "aria-label": words } : { max: 1, value: share, "aria-label": words });
  return h("div", { class: "meter" }, bar, h("span", { class: "soft" }, share === null ? words : `${words} ${format.percent(share)}`));
}

/** The list of kinds; `null` while none is known. */
export function kindPicker(chosen: Kind | null, label: string, choose: (kind: Kind) => void): HTMLSelectElement {
  const select = h(
    "select",
    { class: "choice", "aria-label": label, onchange: () => choose(select.value as Kind) },
    chosen === null && h("option", { value: "", selected: true, disabled: true }, t("import.kind.choose")),
    KINDS.map((kind) => h("option", { value: kind, selected: kind === chosen }, kindName(kind))),
  );
  return select;
}
