// The types of the API's answers, made from the schemas of its OpenAPI document: `node types.mjs` writes
// src/api-types.ts from api-schemas.json, which a test of the server keeps up to date.
import { readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/** A schema as TypeScript, `indent` levels in. */
function typed(schema, indent) {
  const plain = schema.$ref
    ? schema.$ref.split("/").at(-1)
    : schema.enum
      ? schema.enum.filter((one) => one !== null).map((one) => JSON.stringify(one)).join(" | ")
      : schema.type === "array"
        ? listed(schema, indent)
        : schema.type === "object"
          ? members(schema, indent)
          : { string: "string", integer: "number", number: "number", boolean: "boolean" }[schema.type];
  if (!plain) throw new Error(`no type for ${JSON.stringify(schema)}`);
  return schema.nullable ? `${plain} | null` : plain;
}

function listed({ items, minItems, maxItems }, indent) {
  const one = typed(items, indent);
  if (minItems && minItems === maxItems) return `[${Array(minItems).fill(one).join(", ")}]`;
  return / \| /.test(one) ? `(${one})[]` : `${one}[]`;
}

/**
 * A schema that demands nothing is of a feature's properties: what the page does not ask for it does not look at. One
 * that says it may be empty has any of its members.
 */
function members({ properties, additionalProperties, minProperties, required }, indent) {
  required ??= minProperties === 0 ? [] : Object.keys(properties ?? {});
  if (additionalProperties?.type) return `Record<string, ${typed(additionalProperties, indent)}>`;
  if (!properties) return "object";
  const space = "  ".repeat(indent + 1);
  const lines = Object.entries(properties).flatMap(([name, schema]) => {
    const about = [schema.description, schema["x-ogc-unit"] && `(${schema["x-ogc-unit"]})`].filter(Boolean).join(" ");
    const key = /^\w+$/.test(name) ? name : JSON.stringify(name);
    return [...(about ? [`${space}/** ${about} */`] : []), `${space}${key}${required.includes(name) ? "" : "?"}: ${typed(schema, indent + 1)};`];
  });
  return `{\n${lines.join("\n")}\n${"  ".repeat(indent)}}`;
}

/** All of it as one module. */
export function written(schemas) {
  const head = "/** Made by `node types.mjs` from the API's description of itself: change it there (src/http/openapi). */\n";
  const all = Object.entries(schemas).map(([name, schema]) => {
    const about = schema.description ? `/** ${schema.description} */\n` : "";
    return `${about}export interface ${name} ${members(schema, 0)}\n`;
  });
  return [head, ...all].join("\n");
}

// Bundled into a test, it only lends its function.
if (basename(process.argv[1] ?? "") === "types.mjs") {
  writeFileSync(file("src/api-types.ts"), written(JSON.parse(readFileSync(file("api-schemas.json"), "utf8"))));
}
