// Writes the wasm files in build/ as modules of text: each of its own, and those of `simd` and `relaxed` in one.
import { readFileSync } from "node:fs";
import { PAIR, packWasm } from "./pack-wasm.js";
import { pairModule, textOf, writeModule, writeText } from "./text-module.js";

for (const engine of ["simd", "relaxed", "wide"]) {
  writeText(engine, await packWasm([[engine]]));
  await writeExtra(`${engine}-extra`);
}

/** Writes a file with the names of its kernels, of which pages know only those that their layers call. */
async function writeExtra(name) {
  // Those of all engines are the same; not every host compiles the others.
  const exported = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync("build/simd-extra.wasm")));
  const kernels = exported.map((each) => each.name).filter((each) => each !== "memory");
  writeModule(
    name,
    `export default ${textOf(await packWasm([[name]]))};\nexport const kernels = ${JSON.stringify(kernels)};`,
    "declare const text: string;\nexport default text;\nexport declare const kernels: readonly string[];",
  );
}

// A function, so that the one-file build may keep the text where it packs best. The last one: `test/global-setup.ts` looks at it.
writeModule("pair", pairModule(await packWasm(PAIR)), "export declare function pairText(): string;");
