import assert from "node:assert/strict";
import test from "node:test";
import { find } from "../src/controls/find";
import { ladder, presence } from "../src/ladder";
import { arrange, passes } from "../src/model";
import { format, INITIAL, parse } from "../src/state";
import { row } from "./help";

const rungs = ladder([
  { pcode: "A", name: "Cabo Delgado", level: 1, parent: null },
  { pcode: "A1", name: "Pemba", level: 2, parent: "A" },
  { pcode: "A2", name: "Cabo", level: 2, parent: "A" },
  { pcode: "A1x", name: "Pemba Cidade", level: 3, parent: "A1" },
  { pcode: "B", name: "Zambézia", level: 1, parent: null },
]);

test("an_area_is_found_at_every_level_and_those_of_the_level_shown_come_first", () => {
  const names = (text: string, level: number): string[] => find(rungs, [], text, level).map((hit) => `${hit.text} ${hit.level}`);
  assert.deepEqual(names("cabo", 2), ["Cabo 2", "Cabo Delgado 1"]);
  assert.deepEqual(names("pemba", 2), ["Pemba 2", "Pemba Cidade 3"]);
  assert.deepEqual(names("zambezia", 2), ["Zambézia 1"]);
  assert.deepEqual(names("a1x", 1), ["Pemba Cidade 3"]);
});

test("a_partner_is_shown_in_the_areas_that_hold_its_rows", () => {
  const found = presence("p", "P", ["A1x", "A2", "A", null, "A1x"], rungs, 2);
  assert.deepEqual([[...found.areas], found.rows, found.unplaced], [["A1", "A2"], 5, 2]);
  const rows = [row("A1", "partial"), row("B1", "partial")];
  assert.deepEqual(arrange(rows, INITIAL, [], found.areas).map(({ pcode }) => pcode), ["A1"]);
  assert.equal(passes(rows[1] as never, INITIAL, [], found.areas), false);
});

test("the_partner_is_in_the_address", () => {
  assert.equal(parse(format({ ...INITIAL, op: "x", partner: "norwegian refugee council" })).partner, "norwegian refugee council");
});
