/** A new operation: a name, and the id that stands in addresses. Nothing is made before the first commit. */

import { fold } from "../controls/find";
import { h } from "../dom";
import { t } from "../i18n";
import type { OperationRef } from "../types";
import { list } from "./client";
import type { Part } from "./view";

const NAMES = "lacuna.new.";
const LONGEST = 64;

interface Named {
  name: string;
  household: string;
}

/** An operation that its first commit will make. */
export interface Unfinished {
  id: string;
  name: string;
}

/** What was said about an operation that is not made yet. */
export function named(op: string): Named {
  const kept = JSON.parse(localStorage.getItem(NAMES + op) ?? "{}") as Partial<Named>;
  return { name: kept.name ?? op, household: kept.household ?? "" };
}

export const nameOf = (op: string): string => named(op).name;

/** Operations that were named here and have files sent but none committed yet: nothing else lists them. */
export async function unfinished(known: readonly OperationRef[]): Promise<Unfinished[]> {
  const ids = Object.keys(localStorage).flatMap((key) => (key.startsWith(NAMES) ? [key.slice(NAMES.length)] : []));
  const found: Unfinished[] = [];
  for (const id of ids) {
    if (known.some((one) => one.id === id)) localStorage.removeItem(NAMES + id);
    else if ((await list(id).catch(() => [])).some((one) => one.state !== "committed")) found.push({ id, name: nameOf(id) });
  }
  return found;
}

/** The id of a name: "Cyclone Idai, 2019" is cyclone-idai-2019. */
export function idOf(name: string): string {
  return fold(name)
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replace(/^-+/, "")
    .slice(0, LONGEST)
    .replace(/-+$/, "");
}

export function newOperation(known: readonly OperationRef[], begin: (op: string) => void): Part {
  const name = h("input", { id: "new-name", required: true, maxlength: 120, autocomplete: "off", placeholder: t("import.new.example"), oninput: () => follow() });
  const id = h("input", { id: "new-id", required: true, maxlength: LONGEST, pattern: "[a-z0-9][a-z0-9\\-]*", autocomplete: "off", spellcheck: "false", "aria-describedby": "new-id-note", oninput: () => ((own = true), check()) });
  const household = h("input", { id: "new-household", type: "number", min: 1, max: 30, step: "any", inputmode: "decimal", "aria-describedby": "new-household-note" });
  const fault = h("p", { class: "fault", role: "alert" });
  let own = false;
  function follow(): void {
    if (!own) id.value = idOf(name.value);
    check();
  }
  function check(): boolean {
    const taken = known.some((one) => one.id === id.value);
    fault.textContent = taken ? t("import.new.taken") : "";
    return !taken && id.value !== "" && idOf(id.value) === id.value;
  }
  const element = h(
    "form",
    {
      class: "card narrow",
      onsubmit: (event: Event) => {
        event.preventDefault();
        if (!check()) return void (fault.textContent ||= t("import.new.bad"));
        localStorage.setItem(NAMES + id.value, JSON.stringify({ name: name.value.trim(), household: household.value }));
        begin(id.value);
      },
    },
    h("h2", null, t("import.new")),
    h("p", { class: "soft" }, t("import.new.why")),
    h("label", { for: "new-name" }, t("import.new.name")),
    name,
    h("label", { for: "new-id" }, t("import.new.id")),
    id,
    h("p", { class: "soft note", id: "new-id-note" }, t("import.new.id.note")),
    h("label", { for: "new-household" }, t("import.new.household")),
    household,
    h("p", { class: "soft note", id: "new-household-note" }, t("import.new.household.note")),
    fault,
    h("button", { class: "button primary", type: "submit" }, t("import.new.go")),
  );
  queueMicrotask(() => name.focus());
  return { element };
}
