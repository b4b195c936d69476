import assert from "node:assert/strict";
import test from "node:test";
import { stepped } from "../src/controls/period";
import { fold } from "../src/controls/find";
import { ago, days, exact, months, percent, rounded } from "../src/format";
import { many, t } from "../src/i18n";
import { told } from "../src/import/words";
import { wrapped } from "../src/picture";
import { type Box, meets, near, unfolded } from "../src/map/geo";
import { places } from "../src/panel/interval";

test("people_are_rounded_in_headlines_and_exact_in_tables", () => {
  assert.deepEqual([0, 999, 9999, 12_345, 999_499, 999_500, 1_304_512, 52_000_000, 352_000_000].map(rounded), ["0", "999", "9,999", "12\u00a0k", "999\u00a0k", "1\u00a0M", "1.3\u00a0M", "52\u00a0M", "352\u00a0M"]);
  assert.equal(exact(1_304_512), "1,304,512");
  assert.equal(exact(null), "–");
  assert.equal(rounded(null), "–");
  assert.equal(percent(0.634), "63%");
});

test("periods_say_the_year_once", () => {
  assert.match(months("2026-03", "2026-05", "short"), /^Mar\s–\sMay 2026$/);
  assert.match(days("2026-03-02", "2026-03-28"), /^Mar 2\s–\s28, 2026$/);
  assert.equal(days("2026-03-28", "2026-03-02"), "Mar 28, 2026 – Mar 2, 2026");
  assert.equal(days(null, null), "–");
});

test("time_past_is_said_as_people_say_it", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  assert.equal(ago("2026-11-21T11:58:50Z", now), "1 minute ago");
  assert.equal(ago("2026-11-20T11:58:50Z", now), "yesterday");
});

test("words_are_filled_in_and_counted", () => {
  assert.equal(t("head.of_need", { share: "63%" }), "63% of need");
  assert.equal(many("table.count", 1), "1 area");
  assert.equal(many("table.count", 1590), "1,590 areas");
});

test("stepping_moves_a_period_by_its_own_length_and_stays_inside", () => {
  const span = { first: "2025-11", last: "2026-12" };
  assert.deepEqual(stepped({ from: "2025-12", to: "2026-01" }, span, 1), { from: "2026-02", to: "2026-03" });
  assert.equal(stepped({ from: "2025-12", to: "2026-01" }, span, -1), null);
  assert.deepEqual(stepped({ from: null, to: null }, span, -1), { from: "2026-12", to: "2026-12" });
  assert.equal(stepped({ from: "2026-12", to: "2026-12" }, span, 1), null);
});

test("search_ignores_case_and_spelling_marks", () => {
  assert.equal(fold("Liúpo"), "liupo");
});

test("an_interval_is_placed_on_its_scale", () => {
  assert.deepEqual(places({ value: 50, low: 20, high: 80 }, 100), { value: 50, low: 20, high: 80 });
  assert.deepEqual(places({ value: 50, low: null, high: null }, 200), { value: 25, low: 25, high: 25 });
  assert.equal(places({ value: null, low: null, high: null }, 100), null);
  assert.equal(places({ value: 1, low: 1, high: 1 }, 0), null);
});

test("only_tiles_that_show_something_of_a_box_meet_it", () => {
  const mozambique: Box = [30.2, -26.9, 40.8, -10.5];
  assert.ok(meets({ z: 0, x: 0, y: 0 }, mozambique));
  assert.ok(meets({ z: 5, x: 18, y: 17 }, mozambique));
  assert.ok(!meets({ z: 5, x: 20, y: 17 }, mozambique));
  const fiji: Box = [177, -19, -179, -16];
  assert.deepEqual([0, 1, 2, 3].map((x) => meets({ z: 2, x, y: 2 }, fiji)), [true, false, false, true]);
  assert.deepEqual(unfolded(fiji), [177, -19, 181, -16]);
  assert.equal(near(-179.5, 178), 180.5);
  assert.equal(near(30, 40), 30);
});

test("sentences_of_the_server_have_no_words_of_the_inside", () => {
  assert.equal(told("partner, partner_type, start_date and 9 of 12 columns speak for activities"), "partner, organisation type, start date and 9 of 12 columns speak for activities");
  // What stands in the file stays as it is written there.
  assert.equal(told('C (start_date) and header "in_need" and my_column'), 'C (start_date) and header "in_need" and my_column');
  assert.equal(told("It waits in the review (lacuna review) and counts apart."), "It waits in the review and counts apart.");
  assert.equal(told('Value "" is not known'), "Value (blank) is not known");
  assert.equal(told("Read as corrected before: A is reached. Forget it with lacuna mappings --forget 1."), "Read as corrected before: A is reached.");
  assert.equal(told("Name it (--sheet) to read it, or have each read (--every-sheet)."), "Name it to read it, or have each read.");
});

test("long_lines_of_a_picture_break_between_words", () => {
  const pen = { measureText: (text: string) => ({ width: text.length }) as TextMetrics };
  assert.deepEqual(wrapped(pen, "one two three four", 9), ["one two", "three", "four"]);
  assert.deepEqual(wrapped(pen, "much-too-long-to-fit a b", 5), ["much-too-long-to-fit", "a b"]);
  assert.deepEqual(wrapped(pen, "", 5), []);
});
