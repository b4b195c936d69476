/** Switches for what lies over the choropleth, and the rarer choices of how to count. */

import { h, icon, refill } from "../dom";
import { folder } from "../folder";
import { many, t } from "../i18n";
import { OVERLAYS, type Overlay, type Store } from "../state";
import { groupName } from "../words";
import type { Control } from "./control";
import { picker } from "./picker";

const KEYS: Partial<Record<Overlay, string>> = { "service-areas": "--service", uncovered: "--uncovered", sites: "--site", parents: "--border-above" };

export interface LayersControl extends Control {
  /** Words about what the layers leave out. */
  note(withoutRadius: number): void;
}

export function layersControl(store: Store): LayersControl {
  const said = h("p", { class: "soft", role: "status", hidden: true });
  // A folder has the borders and nothing else to draw.
  const boxes = OVERLAYS.filter((name) => !folder || name === "parents" || name === "labels").map((name) => {
    const input = h("input", {
      type: "checkbox",
      onchange: () => {
        const { overlays } = store.get();
        store.set({ overlays: OVERLAYS.filter((one) => (one === name ? input.checked : overlays.includes(one))) });
      },
    });
    const key = KEYS[name];
    return { name, input, row: h("li", null, h("label", null, input, t(`overlay.${name}`), key && h("span", { class: "key", style: { background: `var(${key})` } }))) };
  });
  const group = picker("group", t("bar.group"), (code) => store.set({ group: code }));
  const basis = picker("basis", t("bar.basis"), (code) => store.set({ basis: code as "in-need" | "targeted" }));
  const element = h(
    "details",
    { class: "corner layers", onkeydown: (event: KeyboardEvent) => event.key === "Escape" && element.removeAttribute("open") },
    h("summary", null, icon("layers"), h("span", { class: "word" }, t("overlay.title"))),
    h("ul", null, boxes.map(({ row }) => row)),
    said,
    !folder && [h("h2", { class: "section" }, t("count.title")), basis.element, group.element],
  );
  return {
    element,
    render({ state, operation }) {
      const groups = [...new Set(["all", ...(operation?.groups ?? [])])];
      group.set(groups.map((code) => ({ value: code, label: groupName(code) })), state.group);
      group.element.hidden = groups.length < 2;
      basis.set((["in-need", "targeted"] as const).map((value) => ({ value, label: t(`basis.${value}`) })), state.basis);
      for (const { name, input } of boxes) input.checked = state.overlays.includes(name);
    },
    note(withoutRadius) {
      said.hidden = withoutRadius === 0;
      refill(said, withoutRadius > 0 && many("overlay.no-radius", withoutRadius));
    },
  };
}
