import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "../src/measures";
import { readPalette, type Palette } from "../src/style/palette";
import type { GapFigure, Status } from "../src/types";

/** A palette as the browser would read it from theme.css. */
export function paletteOf(theme: "light" | "dark"): Palette {
  const css = readFileSync(join(process.env.WEB_DIR as string, "src/theme.css"), "utf8");
  const block = css.split(`:root[data-theme="${theme}"]`)[1]?.split("}")[0] ?? "";
  const variables = new Map([...block.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name, value]));
  return readPalette((name) => variables.get(name) ?? "");
}

export function row(pcode: string, status: Status, figure: Partial<GapFigure> = {}): Row {
  return { pcode, name: pcode, parent: null, parentName: null, status, figure: { pcode, status, partners: 0, partners_planned: 0, ...figure } as GapFigure, base: figure.in_need ?? null, space: null };
}
