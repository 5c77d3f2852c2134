// Writes packed files as modules of text into build/, for programs that know of no other files.
import { writeFileSync } from "node:fs";

/** Writes bytes that zlib has packed as `build/<name>.text.js`. */
export function writeText(name, packed) {
  writeModule(name, `export default ${textOf(packed)};`, "declare const text: string;\nexport default text;");
}

/** Bytes as the text that stands for them in code. */
export function textOf(packed) {
  return `"${Buffer.from(packed).toString("base64")}"`;
}

/** Writes a module with its types. */
export function writeModule(name, code, types) {
  writeFileSync(`build/${name}.text.js`, `${code}\n`);
  writeFileSync(`build/${name}.text.d.ts`, `${types}\n`);
}

/** The code of the module with the files of two engines. */
export function pairModule(packed) {
  return `export function pairText() {\n  return ${textOf(packed)};\n}`;
}
