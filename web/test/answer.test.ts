import assert from "node:assert/strict";
import test from "node:test";
import type { Model } from "../src/model";
import { rowsOf } from "../src/model";
import { MEASURE } from "../src/measures";
import { aboutNeed, nobody, silence } from "../src/panel/answer";
import { INITIAL } from "../src/state";
import type { GapFigure, Items, Operation } from "../src/types";
import { onlyWords } from "../src/picture";
import { measureName, measureNote, questionWords, standing } from "../src/words";
import { row } from "./help";

const operation = { sectors: [{ code: "ALL", name: "", activities: 1, needs: 0 }, { code: "WSH", name: "Water, sanitation and hygiene", activities: 1, needs: 9 }] } as unknown as Operation;
const figure = (given: Partial<GapFigure>): GapFigure => ({ in_need: null, targeted: null, reached: null, partners: 0, partners_planned: 0, ...given }) as GapFigure;
const model = (given: Partial<Model>): Model => ({ state: INITIAL, operation, loading: false, rows: [], whole: figure({}), gaps: { features: [] } as unknown as Items<GapFigure>, ...given }) as Model;

test("areas_with_nobody_are_counted_by_partners_also_where_need_is_unknown", () => {
  const rows = [
    row("A", "no-data"),
    row("B", "no-data", { partners: 2 }),
    row("C", "no-data", { partners_planned: 1 }),
    row("D", "no-report", { in_need: 5 }),
    row("E", "partial", { in_need: 5, partners: 1 }),
  ];
  assert.deepEqual(nobody(rows), { count: 2, note: "of 5: no report at all" });
  assert.deepEqual(nobody([...rows, row("F", "no-need", { in_need: 0 })]), { count: 3, note: "of 6: no report at all; in 1 of them nobody is in need" });
});

test("a_figure_that_is_not_there_says_why", () => {
  assert.equal(silence("reached", model({ gaps: null, whole: null, loading: true })), "counting…");
  assert.equal(silence("gap", model({ gaps: null, whole: null })), "not answered");
  assert.equal(silence("gap", model({})), "need unknown");
  assert.equal(silence("reached", model({})), "nobody reported");
  assert.equal(silence("reached", model({ whole: figure({ partners_planned: 1 }) })), "only planned");
  assert.equal(silence("reached", model({ whole: figure({ partners: 3 }) })), "no figure reported");
  assert.equal(silence("gap", model({ state: { ...INITIAL, basis: "targeted" }, whole: figure({ in_need: 5 }) })), "target unknown");
});

test("need_of_another_time_or_only_of_the_whole_is_said", () => {
  const water = { ...INITIAL, sector: "WSH" };
  assert.equal(aboutNeed(model({ state: INITIAL })), null);
  assert.match(aboutNeed(model({ state: { ...water, from: "2020-01" } })) ?? "", /period/);
  assert.match(aboutNeed(model({ state: { ...water, group: "idp" } })) ?? "", /group/);
  assert.match(aboutNeed(model({ state: { ...INITIAL, sector: "LOG" } })) ?? "", /sector/);
  assert.match(aboutNeed(model({ state: water, whole: figure({ in_need: 9 }), rows: [row("A", "no-data", { in_need: null })] })) ?? "", /whole operation only/);
  assert.equal(aboutNeed(model({ state: water, whole: figure({ in_need: 9 }), rows: [row("A", "no-report", { in_need: 9 })] })), null);
});

test("the_group_and_what_it_is_compared_with_are_said", () => {
  const asked = { ...INITIAL, sector: "WSH", group: "idp", basis: "targeted" } as const;
  assert.equal(questionWords(operation, asked), "Water, sanitation and hygiene · Whole operation · Internally displaced people · compared with people targeted");
  assert.equal(questionWords(operation, { ...INITIAL, sector: "WSH" }), "Water, sanitation and hygiene · Whole operation");
  assert.equal(measureName({ measure: "share", basis: "targeted" }), "Gap, share of target");
  assert.match(measureNote({ measure: "gap", basis: "targeted" }), /targeted/);
});

test("the_share_of_a_gap_is_of_what_it_is_compared_with", () => {
  const items = { features: [{ properties: figure({ in_need: 200, targeted: 100, gap: 50 }) }] } as unknown as Items<GapFigure>;
  const of = (basis: "in-need" | "targeted"): number | null => MEASURE.share.value(rowsOf(items, null, basis)[0] as never);
  assert.equal(of("in-need"), 0.25);
  assert.equal(of("targeted"), 0.5);
});

test("a_preview_never_looks_published", () => {
  assert.equal(standing(4, { draft: null }), "Revision 4");
  assert.match(standing(4, { draft: "d-1" }), /Preview: revision 3 .*not committed/);
});

test("a_picture_of_some_areas_says_which", () => {
  const rows = [row("A", "partial", { gap: 10, in_need: 20 }), row("B", "partial", { gap: 30, in_need: 30 }), row("C", "no-report", { gap: 10, in_need: 10 })];
  const shown = (only: string[]) => onlyWords({ state: { ...INITIAL, only }, rows, shown: rows.slice(0, 1), edges: [20], partner: null });
  assert.equal(shown([]), null);
  assert.equal(shown(["c1", "no-report"]), "only 1 of 3 areas: 20 and more, Nobody reported");
});
