/** Light or dark: the device's wish, unless the reader chose otherwise on this device. */

import { type Palette, readPalette } from "./style/palette";

const KEY = "lacuna-theme";
type Theme = "light" | "dark";

const wish = matchMedia("(prefers-color-scheme: dark)");
let held: Palette | null = null;

function current(): Theme {
  try {
    const chosen = localStorage.getItem(KEY);
    if (chosen === "light" || chosen === "dark") return chosen;
  } catch {
    // Storage may be closed to pages; the device's wish then holds.
  }
  return wish.matches ? "dark" : "light";
}

export function applyTheme(): void {
  document.documentElement.dataset.theme = current();
  held = null;
  dispatchEvent(new Event("lacuna:theme"));
}

export function switchTheme(): void {
  try {
    localStorage.setItem(KEY, current() === "dark" ? "light" : "dark");
  } catch {
    document.documentElement.dataset.theme = document.documentElement.dataset.theme === "dark" ? "light" : "dark";
    held = null;
    dispatchEvent(new Event("lacuna:theme"));
    return;
  }
  applyTheme();
}

wish.addEventListener("change", applyTheme);

/** The map's colours now. */
export function palette(): Palette {
  const computed = getComputedStyle(document.documentElement);
  return (held ??= readPalette((name) => computed.getPropertyValue(name)));
}
