/**
 * Reading JSON of which each key may stand once: JSON.parse silently keeps the last of two.
 *
 * @module
 */

/**
 * The value of JSON in UTF-8, and the first key that stands twice in one of its objects.
 *
 * @throws SyntaxError for a text that is no JSON; TypeError for bytes that are not UTF-8
 */
export function decodeJson(bytes: Uint8Array): { readonly value: unknown; readonly twice: string | undefined } {
  const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  const value: unknown = JSON.parse(text);
  return { value, twice: findDuplicateKey(text) };
}

/** The index of the quote that ends the string which starts at `begin`. */
function endOfString(json: string, begin: number): number {
  let i = begin + 1;
  while (json[i] !== '"') i += json[i] === "\\" ? 2 : 1;
  return i;
}

/**
 * The first key that stands twice in the same object, at any depth.
 *
 * @param json a text that JSON.parse accepts
 * @returns undefined if there is none
 *
 * @example
 * findDuplicateKey('{"a":{"b":1},"b":2,"b":3}'); // "b"
 */
export function findDuplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === "{") open.push(new Set());
    else if (char === "}") open.pop();
    else if (char === '"') {
      const end = endOfString(json, i);
      let next = end + 1;
      while (" \t\n\r".includes(json[next] ?? "x")) next++;
      if (json[next] === ":") {
        // Escapes are undone first: "a" and "\u0061" are the same key.
        const key: unknown = JSON.parse(json.slice(i, end + 1));
        const keys = open[open.length - 1];
        if (typeof key === "string") {
          if (keys.has(key)) return key;
          keys.add(key);
        }
      }
      i = end;
    }
  }
  return undefined;
}
