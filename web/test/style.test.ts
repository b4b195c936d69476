import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import assert from "node:assert/strict";
import test from "node:test";
import { OVERLAYS } from "../src/state";
import { style } from "../src/style";
import { spread } from "../src/style/palette";
import { PATTERNS, type PatternId, SIDE, tile } from "../src/style/patterns";
import { paletteOf } from "./help";

for (const theme of ["light", "dark"] as const) {
  test(`the_${theme}_style_is_valid_for_every_ramp_and_number_of_classes`, () => {
    for (const ramp of ["gap", "reached", "presence"] as const) {
      for (let classes = 0; classes <= 5; classes += 1) {
        for (const overlays of [[], OVERLAYS]) {
          const faults = validateStyleMin(style({ palette: paletteOf(theme), ramp, classes, overlays, level: 2 }) as never);
          assert.deepEqual(faults.map((fault) => fault.message), []);
        }
      }
    }
  });

  test(`every_colour_of_the_${theme}_map_is_in_the_theme`, () => {
    const { ramps, ...plain } = paletteOf(theme);
    for (const [name, colour] of Object.entries(plain)) assert.match(colour, /^#[0-9a-f]{6}$/, name);
    for (const { classes, zero } of Object.values(ramps)) for (const colour of [...classes, zero]) assert.match(colour, /^#[0-9a-f]{6}$/);
  });

  test(`${theme}_ramps_leave_the_ground_step_by_step_also_for_the_colour_blind`, () => {
    const { ramps, ground } = paletteOf(theme);
    const away = theme === "light" ? -1 : 1;
    for (const { classes } of Object.values(ramps)) {
      const most = classes.map((colour) => Math.abs(lightness(rgb(colour)) - lightness(rgb(ground))));
      assert.equal(Math.max(...most), most[4], "what is worst stands out most");
      for (const see of [(c: Rgb) => c, deutan, protan]) {
        const steps = classes.map((colour) => lightness(see(rgb(colour))));
        for (let i = 1; i < steps.length; i += 1) {
          assert.ok(away * ((steps[i] as number) - (steps[i - 1] as number)) > 6, `${classes} at ${i}: ${steps.map(Math.round)}`);
        }
      }
    }
  });
}

test("the_style_fetches_nothing", () => {
  const made = style({ palette: paletteOf("light"), ramp: "gap", classes: 5, overlays: OVERLAYS, level: 2 });
  assert.equal(made.glyphs, undefined);
  assert.equal(made.sprite, undefined);
  assert.doesNotMatch(JSON.stringify(made), /https?:/);
});

test("every_silence_has_a_picture_of_its_own", () => {
  const pictures = (Object.keys(PATTERNS) as PatternId[]).map((status) => tile(status, paletteOf("light")));
  assert.equal(pictures.length, 5);
  const alphas = pictures.map((picture) => [...(picture?.data ?? [])].filter((_, i) => i % 4 === 3).join());
  assert.equal(new Set(alphas).size, 5);
  for (const picture of pictures) assert.equal(picture?.data.length, SIDE * SIDE * 4);
  assert.equal(tile("no-need", paletteOf("light")), null);
});

test("fewer_classes_use_the_whole_ramp", () => {
  const ramp = ["a", "b", "c", "d", "e"];
  assert.deepEqual(spread(ramp, 5), ramp);
  assert.deepEqual(spread(ramp, 3), ["a", "c", "e"]);
  assert.deepEqual(spread(ramp, 2), ["a", "e"]);
  assert.deepEqual(spread(ramp, 1), ["c"]);
});

type Rgb = [number, number, number];

function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255].map((one) => linear(one / 255)) as Rgb;
}
function linear(one: number): number {
  return one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4;
}
/** CIE L*, 0-100. */
function lightness([red, green, blue]: Rgb): number {
  const y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return y > 0.008856 ? 116 * Math.cbrt(y) - 16 : 903.3 * y;
}
// Machado, Oliveira and Fernandes 2009, severity 1.0, on linear RGB.
function deutan([r, g, b]: Rgb): Rgb {
  return [0.367322 * r + 0.860646 * g - 0.227968 * b, 0.280085 * r + 0.672501 * g + 0.047413 * b, -0.01182 * r + 0.04294 * g + 0.968881 * b];
}
function protan([r, g, b]: Rgb): Rgb {
  return [0.152286 * r + 1.052583 * g - 0.204868 * b, 0.114503 * r + 0.786281 * g + 0.099216 * b, -0.003882 * r - 0.048116 * g + 1.051998 * b];
}
