/** Small plane geometry on longitude and latitude, for showing only; every figure comes from the server. */

export type Ring = number[][];
export type Polygon = Ring[];

/** All polygons of a geometry. */
export function polygons(geometry: GeoJSON.Geometry | null): Polygon[] {
  if (geometry?.type === "Polygon") return [geometry.coordinates];
  return geometry?.type === "MultiPolygon" ? geometry.coordinates : [];
}

export type Box = [west: number, south: number, east: number, north: number];

export function box(shape: readonly Polygon[]): Box | null {
  const found: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const polygon of shape) {
    for (const [x = 0, y = 0] of polygon[0] ?? []) {
      found[0] = Math.min(found[0], x);
      found[1] = Math.min(found[1], y);
      found[2] = Math.max(found[2], x);
      found[3] = Math.max(found[3], y);
    }
  }
  return found[0] <= found[2] ? found : null;
}

/** Twice the signed plane area. */
export function area2(ring: Ring): number {
  let sum = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [[x1 = 0, y1 = 0], [x2 = 0, y2 = 0]] = [ring[j] as number[], ring[i] as number[]];
    sum += x1 * y2 - x2 * y1;
  }
  return sum;
}

export interface Interior {
  x: number;
  y: number;
  /** Degrees of free width at that place, for a name to fit in. */
  width: number;
}

/** A place for a name: the middle of the widest stretch inside the largest polygon, on a few horizontal cuts. */
export function interior(shape: readonly Polygon[]): Interior | null {
  let largest: Polygon | null = null;
  let size = 0;
  for (const polygon of shape) {
    const ring = polygon[0];
    const here = ring ? Math.abs(area2(ring)) : 0;
    if (here > size) [largest, size] = [polygon, here];
  }
  const bounds = largest && box([largest]);
  if (!largest || !bounds) return null;
  let best: Interior | null = null;
  for (const part of [0.5, 0.42, 0.58, 0.34, 0.66, 0.25, 0.75]) {
    const y = bounds[1] + (bounds[3] - bounds[1]) * part;
    const cuts: number[] = [];
    for (const ring of largest) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [[x1 = 0, y1 = 0], [x2 = 0, y2 = 0]] = [ring[j] as number[], ring[i] as number[]];
        if (y1 > y !== y2 > y) cuts.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
      }
    }
    cuts.sort((a, b) => a - b);
    for (let i = 0; i + 1 < cuts.length; i += 2) {
      const [from, to] = [cuts[i] as number, cuts[i + 1] as number];
      // The middle cuts are tried first and lose only to clearly wider ones.
      if (!best || to - from > best.width * 1.25) best = { x: (from + to) / 2, y, width: to - from };
    }
  }
  return best;
}
