/**
 * The patterns that keep kinds of silence apart without colour, drawn pixel by pixel so that the
 * map, its legend and the tests use the very same picture. Every tile repeats without a seam.
 */

import type { Status } from "../types";
import type { Palette } from "./palette";

export interface Tile {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Pixels of a tile's side; drawn at twice the size of a CSS pixel. */
export const SIDE = 16;
export const RATIO = 2;

interface Pattern {
  colour: keyof Omit<Palette, "ramps">;
  /** How much of a pixel (0-1) at x, y is inked. */
  ink(x: number, y: number): number;
  /** A paler edge beside the ink, so that the pattern also shows on the strongest class. */
  edge?(x: number, y: number): number;
}

/** A band around `offset` on the wrapped axis `at`, with soft edges. */
function band(at: number, offset: number, half: number): number {
  const away = Math.abs(((((at - offset) % SIDE) + SIDE * 1.5) % SIDE) - SIDE / 2);
  return Math.min(1, Math.max(0, half + 0.5 - away));
}

const dot = (x: number, y: number, cx: number, cy: number, radius: number): number =>
  Math.min(1, Math.max(0, radius + 0.5 - Math.hypot(x - cx, y - cy)));

/** Upright dashes in two columns, staggered. */
const dashes = (x: number, y: number, shift: number, half: number): number =>
  Math.max(y < 10 ? band(x, 4 + shift, half) : 0, (y + 8) % SIDE < 10 ? band(x, 12 + shift, half) : 0);

/** Statuses, and the ground that no site serves: lines that leave the class below readable. */
export type PatternId = Status | "uncovered";

/** Statuses that carry a pattern; all others are plain. */
export const PATTERNS: Partial<Record<PatternId, Pattern>> = {
  "no-report": { colour: "hatch", ink: (x, y) => 0.8 * band(x + y, 0, 1.25), edge: (x, y) => 0.75 * band(x + y, 3, 1) },
  present: { colour: "hatch", ink: (x, y) => 0.55 * band(x - y, 0, 0.5), edge: (x, y) => 0.6 * band(x - y, 1.7, 0.3) },
  "planned-only": {
    colour: "plan",
    ink: (x, y) => dashes(x, y, 0, 1),
    edge: (x, y) => dashes(x, y, 2.5, 0.7),
  },
  uncovered: { colour: "uncovered", ink: (_, y) => 0.8 * Math.max(band(y, 3, 0.6), band(y, 11, 0.6)), edge: (_, y) => 0.35 * Math.max(band(y, 5, 0.6), band(y, 13, 0.6)) },
  "no-data": { colour: "dots", ink: (x, y) => Math.max(dot(x, y, 3.5, 3.5, 1.5), dot(x, y, 11.5, 11.5, 1.5)) },
};

/** The tile of a pattern, or `null` for a status that is plain. */
export function tile(id: PatternId, palette: Palette): Tile | null {
  const pattern = PATTERNS[id];
  if (!pattern) return null;
  const [ink, edge] = [rgb(palette[pattern.colour]), rgb(palette.halo)];
  const data = new Uint8ClampedArray(SIDE * SIDE * 4);
  for (let y = 0; y < SIDE; y += 1) {
    for (let x = 0; x < SIDE; x += 1) {
      const [over, under] = [pattern.ink(x, y), pattern.edge?.(x, y) ?? 0];
      // Ink over edge. MapLibre takes plain (not premultiplied) pixels.
      const alpha = over + under * (1 - over);
      const mix = (channel: 0 | 1 | 2): number => (alpha === 0 ? 0 : (ink[channel] * over + edge[channel] * under * (1 - over)) / alpha);
      data.set([mix(0), mix(1), mix(2), Math.round(255 * alpha)], (y * SIDE + x) * 4);
    }
  }
  return { width: SIDE, height: SIDE, data };
}

function rgb(hex: string): [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}
