/**
 * Class breaks that suit the data: natural breaks (least squares within classes, found exactly by
 * dynamic programming: Fisher, "On grouping for maximum homogeneity", 1958) on the square roots,
 * because people are counted in few large and many small areas, then rounded to numbers a person would say.
 */

export const CLASSES = 5;

/** Above this many values the breaks are found on evenly spaced quantiles; the sums stay quadratic. */
const SAMPLE = 400;

/** Upper bounds of all classes but the last, rising; the last class is open. Values of 0 and below take no part. */
export function breaks(values: readonly number[], classes = CLASSES, whole = true): number[] {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value)).sort((a, b) => a - b);
  const distinct = new Set(positive).size;
  if (distinct === 0) return [];
  const wanted = Math.min(classes, distinct);
  const rounded: number[] = [];
  // The smallest value of the class below the edge; it must stay there, or the class would be empty.
  let first = 0;
  for (const { below, above } of naturalBreaks(thin(positive), wanted)) {
    const said = sayable(first, below, above, whole);
    first = above;
    if (said > (rounded[rounded.length - 1] ?? 0)) rounded.push(said);
  }
  return rounded;
}

/** The class of a value: the number of breaks at or below it. */
export function classOf(value: number, edges: readonly number[]): number {
  let found = 0;
  while (found < edges.length && value >= (edges[found] as number)) found += 1;
  return found;
}

/** Counts of values in equal bins over 0..max, for the small histogram. */
export function histogram(values: readonly number[], bins: number): { counts: number[]; max: number } {
  const counts = new Array<number>(bins).fill(0);
  const max = values.reduce((top, value) => Math.max(top, value), 0);
  if (max > 0) {
    for (const value of values) {
      const bin = Math.min(bins - 1, Math.floor((value / max) * bins));
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
  }
  return { counts, max };
}

interface Edge {
  /** The largest value of the class below and the smallest of the class above. */
  below: number;
  above: number;
}

function naturalBreaks(sorted: readonly number[], classes: number): Edge[] {
  const count = sorted.length;
  const sum = [0];
  const squares = [0];
  for (const value of sorted) {
    sum.push((sum[sum.length - 1] as number) + Math.sqrt(value));
    squares.push((squares[squares.length - 1] as number) + value);
  }
  // Squared deviations of the roots of sorted[from..to) from their mean.
  const spread = (from: number, to: number): number => {
    const total = (sum[to] as number) - (sum[from] as number);
    return (squares[to] as number) - (squares[from] as number) - (total * total) / (to - from);
  };
  let best = Array.from({ length: count + 1 }, (_, to) => (to === 0 ? 0 : spread(0, to)));
  const starts: number[][] = [];
  for (let used = 2; used <= classes; used += 1) {
    const next = new Array<number>(count + 1).fill(Number.POSITIVE_INFINITY);
    const start = new Array<number>(count + 1).fill(0);
    for (let to = used; to <= count; to += 1) {
      for (let from = used - 1; from < to; from += 1) {
        const cost = (best[from] as number) + spread(from, to);
        if (cost < (next[to] as number)) {
          next[to] = cost;
          start[to] = from;
        }
      }
    }
    best = next;
    starts.push(start);
  }
  const edges: Edge[] = [];
  let to = count;
  for (const start of starts.reverse()) {
    to = start[to] as number;
    const [below, above] = [sorted[to - 1] as number, sorted[to] as number];
    if (above > below) edges.push({ below, above });
  }
  return edges.reverse();
}

function thin(sorted: readonly number[]): readonly number[] {
  if (sorted.length <= SAMPLE) return sorted;
  return Array.from({ length: SAMPLE }, (_, i) => sorted[Math.round((i * (sorted.length - 1)) / (SAMPLE - 1))] as number);
}

/** The roundest number that parts the two classes, or nearly so: 1, 2, 2.5, 5 or else tens of a step. */
function sayable(first: number, below: number, above: number, whole: boolean): number {
  const middle = (below + above) / 2;
  const power = 10 ** Math.floor(Math.log10(middle));
  // A break may leave its gap downward a little: "20,000" is worth more than one area in its better class.
  const low = Math.max(first, below * 0.93);
  for (const step of [power * 10, power * 5, power * 2.5, power, power / 2, power / 10]) {
    const said = Math.round(middle / step) * step;
    if (whole && !Number.isInteger(said)) continue;
    if (said > low && said <= above) return Number(said.toPrecision(3));
  }
  return whole ? Math.max(1, Math.ceil(middle)) : Number(middle.toPrecision(2));
}
