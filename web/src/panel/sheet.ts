/** On a phone the panel is a sheet with three heights; elsewhere this does nothing. */

import { h } from "../dom";
import { t } from "../i18n";

export const HEIGHTS = ["small", "half", "full"] as const;
export type Height = (typeof HEIGHTS)[number];

const SMALL_PX = 196;

export interface Sheet {
  handle: HTMLElement;
  set(height: Height): void;
  /** Pixels of the map it covers; 0 beside the map. */
  covers(): number;
}

export function sheet(panel: HTMLElement, changed: () => void): Sheet {
  let height: Height = "half";
  const phone = matchMedia("(max-width: 760px)");

  const hidden = (wanted: Height): number => {
    const all = panel.offsetHeight;
    if (wanted === "full") return 0;
    return Math.max(0, wanted === "half" ? Math.round(all * 0.5) : all - SMALL_PX);
  };
  const apply = (): void => {
    if (phone.matches) panel.style.setProperty("--sheet-y", `${hidden(height)}px`);
    else panel.style.removeProperty("--sheet-y");
    handle.setAttribute("aria-valuenow", String(HEIGHTS.indexOf(height)));
    handle.setAttribute("aria-valuetext", t(`sheet.${height}`));
  };
  const set = (next: Height): void => {
    height = next;
    apply();
    changed();
  };

  let start: { y: number; hidden: number; moved: boolean } | null = null;
  const handle = h("div", {
    class: "handle",
    role: "slider",
    tabindex: 0,
    "aria-label": t("sheet.handle"),
    "aria-orientation": "vertical",
    "aria-valuemin": 0,
    "aria-valuemax": 2,
    onkeydown: (event: KeyboardEvent) => {
      const by = { ArrowUp: 1, ArrowDown: -1, Enter: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      set(HEIGHTS[Math.max(0, Math.min(2, HEIGHTS.indexOf(height) + by))] as Height);
    },
    onpointerdown: (event: PointerEvent) => {
      start = { y: event.clientY, hidden: hidden(height), moved: false };
      (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
      panel.classList.add("dragging");
    },
    onpointermove: (event: PointerEvent) => {
      if (!start) return;
      const by = event.clientY - start.y;
      start.moved ||= Math.abs(by) > 6;
      panel.style.setProperty("--sheet-y", `${Math.max(0, Math.min(hidden("small"), start.hidden + by))}px`);
    },
    onpointerup: (event: PointerEvent) => {
      if (!start) return;
      const end = start.hidden + event.clientY - start.y;
      const tapped = !start.moved;
      start = null;
      panel.classList.remove("dragging");
      if (tapped) return set(HEIGHTS[(HEIGHTS.indexOf(height) + 1) % 3] as Height);
      const near = (one: Height): number => Math.abs(hidden(one) - end);
      set([...HEIGHTS].sort((a, b) => near(a) - near(b))[0] as Height);
    },
  });
  phone.addEventListener("change", apply);
  addEventListener("resize", apply);
  queueMicrotask(apply);

  return { handle, set, covers: () => (phone.matches ? panel.offsetHeight - hidden(height) : 0) };
}
