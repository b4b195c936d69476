/** Switches for what lies over the choropleth. */

import { h, refill } from "../dom";
import { icon } from "../dom";
import { many, t } from "../i18n";
import { OVERLAYS, type Overlay, type Store } from "../state";
import type { Control } from "./control";

const KEYS: Partial<Record<Overlay, string>> = { "service-areas": "--service", uncovered: "--uncovered", sites: "--site", parents: "--border-above" };

export interface LayersControl extends Control {
  /** Words about what the layers leave out. */
  note(withoutRadius: number): void;
}

export function layersControl(store: Store): LayersControl {
  const said = h("p", { class: "soft", role: "status", hidden: true });
  const boxes = OVERLAYS.map((name) => {
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
  const element = h(
    "details",
    { class: "corner layers", onkeydown: (event: KeyboardEvent) => event.key === "Escape" && element.removeAttribute("open") },
    h("summary", null, icon("layers"), t("overlay.title")),
    h("ul", null, boxes.map(({ row }) => row)),
    said,
  );
  return {
    element,
    render({ state }) {
      for (const { name, input } of boxes) input.checked = state.overlays.includes(name);
    },
    note(withoutRadius) {
      said.hidden = withoutRadius === 0;
      refill(said, withoutRadius > 0 && many("overlay.no-radius", withoutRadius));
    },
  };
}
