import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
// @ts-expect-error a script of the build, without types
import { written } from "../types.mjs";

const file = (name: string): string => readFileSync(join(process.env.WEB_DIR as string, name), "utf8");

test("the_types_are_what_the_api_says_of_itself", () => {
  assert.equal(file("src/api-types.ts"), written(JSON.parse(file("api-schemas.json"))), "run: node types.mjs");
});

test("what_may_be_missing_or_unknown_is_so_in_the_types_too", () => {
  const made = written({ One: { type: "object", required: ["a", "b"], properties: { a: { type: "integer", description: "How many", "x-ogc-unit": "people" }, b: { type: "string", enum: ["x", "y"], nullable: true }, c: { type: "array", items: { $ref: "#/components/schemas/Two" } }, d: { type: "object", additionalProperties: { type: "integer" } } } } });
  assert.match(made, /\/\*\* How many \(people\) \*\/\n  a: number;/);
  assert.match(made, /  b: "x" \| "y" \| null;/);
  assert.match(made, /  c\?: Two\[\];\n  d\?: Record<string, number>;/);
});
