/** Intervals are drawn, not footnoted: a span from low to high, and the standard figure as a dot on it. */

import { svg } from "../dom";

export interface Interval {
  value: number | null;
  low: number | null;
  high: number | null;
}

/** Where the parts of an interval lie on a scale of 0 to `max`, as 0-100; `null` where nothing can be drawn. */
export function places({ value, low, high }: Interval, max: number): { value: number; low: number; high: number } | null {
  if (value === null || !(max > 0)) return null;
  const at = (one: number): number => Math.min(100, Math.max(0, (one / max) * 100));
  return { value: at(value), low: at(low ?? value), high: at(high ?? value) };
}

/** A track with the interval on it. The figures are written beside it, so readers skip the picture. */
export function interval(parts: Interval, max: number, colour: string): SVGElement | null {
  const at = places(parts, max);
  if (!at) return null;
  const x = (one: number): string => `${one}%`;
  return svg(
    "svg",
    { class: "interval", "aria-hidden": "true" },
    svg("line", { class: "track", x1: "0%", x2: "100%", y1: 7, y2: 7 }),
    svg("line", { class: "span", x1: x(at.low), x2: x(at.high), y1: 7, y2: 7, stroke: colour }),
    svg("circle", { class: "dot", cx: x(at.value), cy: 7, r: 5, fill: colour }),
  );
}

/** A bar, and below it its whisker: one never hides the other. */
export function whisker(parts: Interval, max: number, colour: string): SVGElement | null {
  const at = places(parts, max);
  if (!at) return null;
  const x = (one: number): string => `${one}%`;
  const wide = parts.low !== null && parts.high !== null && parts.high > parts.low;
  return svg(
    "svg",
    { class: "whisker", "aria-hidden": "true" },
    svg("rect", { x: 0, y: 0, width: x(at.value), height: 5, rx: 1, fill: colour }),
    wide && [
      svg("line", { class: "stroke", x1: x(at.low), x2: x(at.high), y1: 8.5, y2: 8.5 }),
      svg("line", { class: "stroke", x1: x(at.low), x2: x(at.low), y1: 6.5, y2: 10.5 }),
      svg("line", { class: "stroke", x1: x(at.high), x2: x(at.high), y1: 6.5, y2: 10.5 }),
    ],
  );
}
