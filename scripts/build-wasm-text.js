// Writes the wasm files in build/ as modules of text: each of its own, and those of `simd` and `relaxed` in one.
import { readFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";
import { textOf, writeModule, writeText } from "./text-module.js";
import { streamsOf } from "./wasm-streams.js";

/** Packs files without the kernels that measure a machine's peak, which only the benchmark of the command line calls. */
function pack(files) {
  return zopfli.zlibAsync(
    streamsOf(
      files.map((names) => names.map((name) => readFileSync(`build/${name}.wasm`))),
      (name) => !name.startsWith("peak_"),
    ),
    {},
  );
}

for (const engine of ["simd", "relaxed", "wide"]) {
  for (const name of [engine, `${engine}-extra`]) writeText(name, await pack([[name]]));
}

// A function, so that the one-file build may keep the text where it packs best. The last one: `test/global-setup.ts` looks at it.
const pair = textOf(
  await pack([
    ["simd", "relaxed"],
    ["simd-extra", "relaxed-extra"],
  ]),
);
writeModule(
  "pair",
  `export function pairText() {\n  return ${pair};\n}`,
  "export declare function pairText(): string;",
);
