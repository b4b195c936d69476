/** Names that wait for a person's word: places and partners that were matched without certainty. */

import { h } from "../dom";
import { t } from "../i18n";
import type { Part, Place } from "./view";

export function review(_place: Place): Part {
  return { element: h("div", { class: "card wide" }, h("h2", null, t("import.tab.review")), h("p", { class: "empty" }, h("strong", null, t("review.none")))) };
}
