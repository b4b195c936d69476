/** Boxes and tiles in longitude and latitude, for showing only; every figure comes from the server. */

/** West is above east where it crosses the antimeridian. */
export type Box = [west: number, south: number, east: number, north: number];

/** A tile of Web Mercator; row 0 is in the north. */
export interface Tile {
  z: number;
  x: number;
  y: number;
}

/** The same box with its east end east of its west end, as maps take it. */
export function unfolded([west, south, east, north]: Box): Box {
  return [west, south, west > east ? east + 360 : east, north];
}

/** The longitude, whole turns added, that is nearest to another one. */
export function near(longitude: number, other: number): number {
  return longitude + 360 * Math.round((other - longitude) / 360);
}

/** Whether a tile shows any of a box. */
export function meets({ z, x, y }: Tile, [west, south, east, north]: Box): boolean {
  const side = 2 ** z;
  const longitude = (column: number): number => (column / side) * 360 - 180;
  const latitude = (row: number): number => (Math.atan(Math.sinh(Math.PI * (1 - (2 * row) / side))) * 180) / Math.PI;
  const [from, to] = [longitude(x), longitude(x + 1)];
  const across = west <= east ? from <= east && to >= west : from <= east || to >= west;
  // The world of these tiles ends before the poles: what lies beyond is drawn at its edge.
  const [lowest, highest] = [y === side - 1 ? -90 : latitude(y + 1), y === 0 ? 90 : latitude(y)];
  return across && lowest <= north && highest >= south;
}
