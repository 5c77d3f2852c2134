// Writes the wasm files that browsers run as modules of text into build/.
import { readFileSync, writeFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";

const CODE_SECTION = 10;

export async function writeTexts() {
  const gears = ["simd", "relaxed", "wide"].map((gear) => [gear, readFileSync(`build/${gear}.wasm`)]);
  for (const [gear, wasm] of gears) writeText(gear, await zopfli.zlibAsync(wasm, {}));
  const [[, simd], [, relaxed]] = gears;
  // A function, so that the one-file build may keep the text where it packs best.
  const pair = textOf(await zopfli.zlibAsync(pairOf(simd, relaxed), {}));
  write("pair", `export function pairText() {\n  return ${pair};\n}`, "export declare function pairText(): string;");
}

/**
 * Writes bytes that zlib has packed as `build/<name>.text.js`: a third of what was packed, and less than that when a server packs
 * it again.
 */
export function writeText(name, packed) {
  write(name, `export default ${textOf(packed)};`, "declare const text: string;\nexport default text;");
}

function textOf(packed) {
  return `"${Buffer.from(packed).toString("base64")}"`;
}

function write(name, code, types) {
  writeFileSync(`build/${name}.text.js`, `${code}\n`);
  writeFileSync(`build/${name}.text.d.ts`, `${types}\n`);
}

/** Two wasm files in turns, function by function, for `src/engine/built-in-wasm.pair.ts`. */
function pairOf(one, other) {
  const parts = [partsOf(one), partsOf(other)];
  if (parts[0].length !== parts[1].length) throw new Error("expected wasm files with the same functions");
  const pairs = parts[0].flatMap((part, i) => [part, parts[1][i]]);
  const sizes = Uint16Array.from([parts[0].length, ...pairs.map(({ length }) => length)]);
  if (pairs.some(({ length }) => length > 0xffff)) throw new Error("expected functions of less than 64 KiB");
  return Buffer.concat([new Uint8Array(sizes.buffer), ...pairs]);
}

/** A wasm file as the bytes before its functions, each function, and the bytes after them. */
function partsOf(wasm) {
  const parts = [];
  let begin = 0;
  const cut = (end) => {
    parts.push(wasm.subarray(begin, end));
    begin = end;
  };
  for (let at = 8; at < wasm.length; ) {
    const [size, start] = leb128(wasm, at + 1);
    if (wasm[at] === CODE_SECTION) {
      const [functions, first] = leb128(wasm, start);
      cut(first);
      for (let i = 0; i < functions; i++) {
        const [length, body] = leb128(wasm, begin);
        cut(body + length);
      }
    }
    at = start + size;
  }
  cut(wasm.length);
  return parts;
}

/** An unsigned LEB128 number, and the index after it. */
function leb128(bytes, at) {
  let value = 0;
  let shift = 0;
  do {
    value += (bytes[at] & 0x7f) * 2 ** shift;
    shift += 7;
  } while (bytes[at++] >= 0x80);
  return [value, at];
}
