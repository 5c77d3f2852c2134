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
  writeText(engine, await pack([[engine]]));
  await writeExtra(`${engine}-extra`);
}

/** Writes a file with the names of its kernels, of which pages know only those that their layers call. */
async function writeExtra(name) {
  // Those of all engines are the same; not every host compiles the others.
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync("build/simd-extra.wasm")));
  const kernels = exported.map((each) => each.name).filter((each) => each !== "memory");
  writeModule(
    name,
    `export default ${textOf(await pack([[name]]))};\nexport const kernels = ${JSON.stringify(kernels)};`,
    "declare const text: string;\nexport default text;\nexport declare const kernels: readonly string[];",
  );
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
