// Writes the wasm files in build/ as modules of text: each of its own, and `simd` and `relaxed` in one.
import { readFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";
import { textOf, writeModule, writeText } from "./text-module.js";
import { streamsOf } from "./wasm-streams.js";

/** Packs files without the kernels that measure a machine's peak, which only the benchmark of the command line calls. */
function pack(engines) {
  const files = engines.map((engine) => readFileSync(`build/${engine}.wasm`));
  return zopfli.zlibAsync(
    streamsOf(files, (name) => !name.startsWith("peak_")),
    {},
  );
}

for (const engine of ["simd", "relaxed", "wide"]) writeText(engine, await pack([engine]));
// A function, so that the one-file build may keep the text where it packs best. The last one: `test/global-setup.ts` looks at it.
const pair = textOf(await pack(["simd", "relaxed"]));
writeModule(
  "pair",
  `export function pairText() {\n  return ${pair};\n}`,
  "export declare function pairText(): string;",
);
