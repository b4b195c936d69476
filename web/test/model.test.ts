import assert from "node:assert/strict";
import test from "node:test";
import { repeated } from "../src/panel/table";
import { inOrder, type Name } from "../src/map/labels";
import { arrange, classOfRow, edgesOf, highest, keysOf, legendOf, levelOf } from "../src/model";
import { INITIAL } from "../src/state";
import { NO_NEED, NO_VALUE, ZERO } from "../src/style/areas";
import type { Operation } from "../src/types";
import { row } from "./help";

const rows = [
  row("A", "partial", { gap: 10, reached: 5, in_need: 20, partners: 2 }),
  row("B", "no-report", { gap: 30, reached: null, in_need: 30 }),
  row("C", "no-data", { gap: null, reached: null, in_need: null }),
  row("D", "no-need", { gap: 0, reached: null, in_need: 0 }),
  row("E", "met", { gap: 0, reached: 9, in_need: 9, partners: 1 }),
];

test("unknown_no_need_and_nought_never_look_alike", () => {
  const edges = edgesOf("gap", rows);
  const classes = rows.map((one) => classOfRow(one, "gap", edges));
  assert.deepEqual(classes, [0, 1, NO_VALUE, NO_NEED, ZERO]);
  assert.equal(classOfRow(rows[3] as never, "share", [0.5]), NO_NEED);
});

test("an_area_without_report_keeps_its_class_and_its_silence", () => {
  assert.deepEqual(keysOf(rows[1] as never, "gap", edgesOf("gap", rows)), ["no-report", "c1"]);
  assert.deepEqual(keysOf(rows[1] as never, "reached", edgesOf("reached", rows)), ["no-report"]);
});

test("unknown_values_come_last_in_both_directions", () => {
  const names = (change: object): string => arrange(rows, { ...INITIAL, ...change }, edgesOf("gap", rows)).map((one) => one.name).join("");
  assert.equal(names({}), "BADEC");
  assert.equal(names({ descending: false }), "DEABC");
  assert.equal(names({ sort: "name", descending: false }), "ABCDE");
});

test("the_legend_filters_by_class_or_status", () => {
  const edges = edgesOf("gap", rows);
  assert.deepEqual(arrange(rows, { ...INITIAL, only: ["c0", "no-data"] }, edges).map((one) => one.name), ["A", "C"]);
});

test("every_area_with_a_value_is_counted_once_in_the_classes", () => {
  const { classes, silences } = legendOf(rows, "gap", edgesOf("gap", rows));
  assert.deepEqual(classes.map(({ key, count }) => [key, count]), [["c1", 1], ["c0", 1], ["zero", 1]]);
  assert.deepEqual(silences.map(({ key, count }) => [key, count]), [["no-report", 1], ["no-data", 1], ["no-need", 1]]);
});

test("the_legend_shows_no_pattern_that_no_area_carries", () => {
  const served = [row("A", "no-data", { reached: 5, partners: 1 })];
  const dotted = (measure: "gap" | "reached"): boolean | undefined => legendOf(served, measure, []).silences.find(({ key }) => key === "no-data")?.patterned;
  assert.equal(dotted("gap"), true);
  assert.equal(dotted("reached"), false);
});

test("the_level_is_the_lowest_with_need_figures_unless_asked", () => {
  const operation = { levels: [0, 1, 2, 3].map((level) => ({ level, name: "", count: 1 })), lowest_need_level: 2 } as Operation;
  assert.equal(levelOf(operation, null), 2);
  assert.equal(levelOf(operation, 3), 3);
  assert.equal(levelOf(operation, 0), 2);
  assert.equal(levelOf({ ...operation, lowest_need_level: 0 }, null), 3);
  assert.equal(levelOf({ ...operation, levels: [] }, null), null);
});

test("the_names_of_the_worst_areas_find_room_first", () => {
  const more = [...rows, row("F", "partial", { gap: 20, reached: 1, in_need: 30 })];
  assert.deepEqual(highest(more, "gap", 2), ["B", "F"]);
  assert.deepEqual(highest(more, "gap", 9), ["B", "F", "A"]);
  assert.deepEqual(highest(more, "shared", 9), []);
  const name = (pcode: string, width: number): Name => ({ pcode, text: pcode, x: 0, y: 0, width });
  const names = [name("A", 2), name("B", 1), name("C", 5), name("D", 3)];
  assert.deepEqual(inOrder(names, ["B", "A"]).map(({ pcode }) => pcode), ["B", "A", "C", "D"]);
});

test("names_that_several_areas_have_are_told", () => {
  assert.deepEqual([...repeated([{ name: "Ravaro" }, { name: "Sanute" }, { name: "Ravaro" }, { name: "Ravaro" }])], ["Ravaro"]);
});
