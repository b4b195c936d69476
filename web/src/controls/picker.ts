/** A labelled native list, which every phone and every reader already knows. */

import { h, refill } from "../dom";

export interface Picker {
  element: HTMLElement;
  /** The list is rebuilt only when its choices change, so that an open list stays open. */
  set(choices: readonly { value: string; label: string }[], chosen: string): void;
}

export function picker(id: string, label: string, choose: (value: string) => void): Picker {
  const select = h("select", { id: `pick-${id}`, onchange: () => choose(select.value) });
  let last = "";
  return {
    element: h("div", { class: `field f-${id}` }, h("label", { for: `pick-${id}` }, label), select),
    set(choices, chosen) {
      const now = JSON.stringify(choices);
      if (now !== last) {
        refill(select, choices.map(({ value, label: text }) => h("option", { value }, text)));
        last = now;
      }
      select.value = chosen;
    },
  };
}
