/** The map's colours, by the names of the variables in theme.css, which is the only place that holds them. */

import type { Ramp } from "../measures";

const NAMES = [
  "ground",
  "neutral",
  "no-need",
  "border",
  "border-above",
  "select",
  "halo",
  "label",
  "hatch",
  "dots",
  "plan",
  "service",
  "uncovered",
  "site",
] as const;

export type Palette = Record<(typeof NAMES)[number], string> & {
  ramps: Record<Ramp, { classes: readonly string[]; zero: string }>;
};

const RAMPS: readonly Ramp[] = ["gap", "reached", "presence"];

/** Reads a palette; `variable` answers for a name such as `--gap-0`. */
export function readPalette(variable: (name: string) => string): Palette {
  const plain = Object.fromEntries(NAMES.map((name) => [name, variable(`--${name}`).trim()]));
  const ramps = Object.fromEntries(
    RAMPS.map((ramp) => [
      ramp,
      {
        classes: [0, 1, 2, 3, 4].map((index) => variable(`--${ramp}-${index}`).trim()),
        zero: variable(`--${ramp}-zero`).trim(),
      },
    ]),
  );
  return { ...plain, ramps } as unknown as Palette;
}

/** The colours of a class when fewer than five are in use: spread over the ramp, the strongest always the last. */
export function spread(classes: readonly string[], used: number): string[] {
  const last = classes.length - 1;
  if (used <= 1) return [classes[Math.ceil(last / 2)] as string];
  return Array.from({ length: used }, (_, i) => classes[Math.round((i * last) / (used - 1))] as string);
}
