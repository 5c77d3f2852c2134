import type { Json } from "../json.ts";

/** Most characters of a line that holds a list or an object as a whole. */
const WIDTH = 120;

/** JSON for people to read and change: a line for each list and object that fits on one, such as a layer; others are indented. */
export function jsonText(json: Json, indent = ""): string {
  const flat = flatText(json);
  if (typeof json !== "object" || json === null || indent.length + flat.length < WIDTH) return flat;
  const inner = `${indent}  `;
  const [open, close] = Array.isArray(json) ? "[]" : "{}";
  const parts = Array.isArray(json)
    ? json.map((item: Json) => jsonText(item, inner))
    : Object.entries(json).flatMap(([key, value]: [string, Json | undefined]) =>
        value === undefined ? [] : [`${JSON.stringify(key)}: ${jsonText(value, inner)}`],
      );
  return `${open}\n${parts.map((part) => inner + part).join(",\n")}\n${indent}${close}`;
}

/** JSON on one line, with spaces. */
function flatText(json: Json): string {
  if (Array.isArray(json)) return `[${json.map(flatText).join(", ")}]`;
  if (typeof json !== "object" || json === null) return JSON.stringify(json);
  const parts = Object.entries(json).flatMap(([key, value]: [string, Json | undefined]) =>
    value === undefined ? [] : [`${JSON.stringify(key)}: ${flatText(value)}`],
  );
  return parts.length === 0 ? "{}" : `{ ${parts.join(", ")} }`;
}
