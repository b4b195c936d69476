import assert from "node:assert/strict";
import test from "node:test";
import { breaks, classOf, histogram } from "../src/classes";

test("breaks_fall_into_the_gaps_of_the_data", () => {
  const values = [11, 12, 13, 205, 210, 220, 980, 1000, 1020, 2200, 2300, 4900, 5000];
  const edges = breaks(values);
  assert.equal(edges.length, 4);
  const groups = values.map((value) => classOf(value, edges));
  assert.deepEqual(groups, [...groups].sort((a, b) => a - b));
  assert.equal(new Set(groups).size, 5);
});

test("breaks_are_numbers_a_person_would_say", () => {
  let seed = 3;
  const values = Array.from({ length: 500 }, () => Math.exp(((seed = (seed * 48271) % 2147483647) / 2147483647) * 12));
  for (const edge of breaks(values)) {
    const digits = edge.toExponential().split("e")[0]?.replace(".", "").replace(/0+$/, "") ?? "";
    assert.ok(digits.length <= 2, `${edge}`);
  }
});

test("no_class_is_empty", () => {
  let seed = 11;
  const random = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  for (let round = 0; round < 60; round += 1) {
    const values = Array.from({ length: 2 + Math.floor(random() * 60) }, () => Math.ceil(Math.exp(random() * (3 + (round % 10)))));
    const edges = breaks(values);
    const used = new Set(values.map((value) => classOf(value, edges)));
    assert.equal(used.size, edges.length + 1, `${values} at ${edges}`);
  }
});

test("breaks_rise_and_never_outnumber_the_values", () => {
  assert.deepEqual(breaks([]), []);
  assert.deepEqual(breaks([0, 0, 0]), []);
  assert.deepEqual(breaks([7, 7, 7]), []);
  assert.deepEqual(breaks([1, 2]), [2]);
  for (const values of [[1, 2, 3, 4, 5, 6], [1, 1, 2, 9], [3, 4, 5, 1000000]]) {
    const edges = breaks(values);
    assert.deepEqual(edges, [...new Set(edges)].sort((a, b) => a - b));
    assert.ok(edges.every(Number.isInteger));
  }
});

test("ten_thousand_areas_are_classed_at_once", () => {
  const values = Array.from({ length: 10_000 }, (_, i) => (i * 7919) % 100_003);
  const start = performance.now();
  assert.equal(breaks(values).length, 4);
  assert.ok(performance.now() - start < 500);
});

test("the_histogram_counts_every_value_once", () => {
  const { counts, max } = histogram([1, 2, 3, 10], 5);
  assert.equal(max, 10);
  assert.deepEqual(counts, [1, 2, 0, 0, 1]);
});
