import assert from "node:assert/strict";
import test from "node:test";
import { datetime, format, INITIAL, parse, type State } from "../src/state";

test("a_pasted_link_shows_the_same_thing", () => {
  const state: State = {
    op: "demo",
    sector: "PRO-GBV",
    level: 2,
    from: "2026-03",
    to: "2026-05",
    measure: "reached",
    basis: "targeted",
    group: "idp",
    area: "MZ01 é&",
    partner: "hilfe",
    only: ["c4", "no-report"],
    overlays: ["sites"],
    sort: "name",
    descending: false,
    view: { lng: 35.5, lat: -18.25, zoom: 6.5 },
    draft: "d-0a1b",
    importing: "history",
  };
  assert.deepEqual(parse(format(state)), state);
});

test("no_layer_at_all_is_kept_apart_from_the_default_layers", () => {
  assert.deepEqual(parse(format({ ...INITIAL, overlays: [] })).overlays, []);
  assert.deepEqual(parse("").overlays, INITIAL.overlays);
});

test("a_broken_link_still_opens", () => {
  const state = parse("?measure=nonsense&level=9&from=2026-13&to=x&at=1,NaN,3&only=%3Cb%3E&sort=");
  assert.deepEqual(state, { ...INITIAL, only: [] });
});

test("months_the_wrong_way_round_are_turned", () => {
  const { from, to } = parse("?from=2026-05&to=2026-03");
  assert.deepEqual([from, to], ["2026-03", "2026-05"]);
});

test("a_period_of_months_is_days_with_both_ends_inside", () => {
  assert.equal(datetime("2026-02", "2026-02"), "2026-02-01/2026-02-28");
  assert.equal(datetime("2024-02", "2024-12"), "2024-02-01/2024-12-31");
  assert.equal(datetime(null, "2026-04"), "../2026-04-30");
  assert.equal(datetime("2026-04", null), "2026-04-01/..");
  assert.equal(datetime(null, null), null);
});
