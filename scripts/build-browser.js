// Builds, from src/, the files for pages without a bundler: dist/convasm.min.js and convasm.full.min.js, and the folder
// dist/browser. Also the worker's program for bundlers, dist/worker/browser-worker.js.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { rolldown } from "rolldown";
import { atOncePlugin } from "./at-once.js";
import { PAIR, packWasm } from "./pack-wasm.js";
import { pairModule } from "./text-module.js";
import { variantsPlugin } from "./variants.js";

/**
 * Builds dist/browser: `convasm.js`, the program of its workers, modules that both load on demand, and the wasm files,
 * side by side.
 */
async function separateFiles() {
  const bundle = await rolldown({
    ...settings(["bare", "files"]),
    input: { convasm: "src/index.ts", "browser-worker": "src/worker/module-worker.ts" },
  });
  await bundle.write({
    dir: "dist/browser",
    format: "esm",
    minify: true,
    comments: false,
    sourcemap: true,
    entryFileNames: "[name].js",
    chunkFileNames: "[name]-[hash].js",
  });
  for (const engine of ["simd", "relaxed"]) {
    for (const file of [`${engine}.wasm`, `${engine}-extra.wasm`])
      copyFileSync(`build/${file}`, `dist/browser/${file}`);
  }
}

/**
 * Builds the worker's program in one piece, for bundlers that look for `new URL`: some put all that it could ever load
 * into one file of their own, and some look for workers in the worker, without an end. Readers are in it, HDF5's
 * library is not.
 */
async function workerProgram() {
  const bundle = await rolldown({
    ...settings(["away", "bare", "pair", "given"]),
    input: { "browser-worker": "src/worker/module-worker.ts" },
  });
  await bundle.write({ dir: "dist/worker", format: "esm", codeSplitting: false, minify: true, comments: false });
}

/** Builds all in one file, as a function that the page and its workers call, so that its text is a worker's program. */
async function oneFile(name, variants, further = []) {
  const { plugins, ...rest } = settings(variants);
  const bundle = await rolldown({
    ...rest,
    plugins: [...plugins, ...further, atOncePlugin()],
    input: "src/one-file.ts",
  });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false, minify: true, comments: false });
  const [, code, list] = output[0].code.match(/^(.*)export\{([^}]*)\};?\s*$/s) ?? [];
  const [wasm] = code?.match(/(["'`])[A-Za-z0-9+/=]{9999,}\1/) ?? [];
  if (code?.includes("import.meta"))
    throw new Error(`${name}: expected code for classic workers, got import.meta in it`);
  if (output.length !== 1 || wasm === undefined) throw new Error(`${name}: expected one file with wasm and exports`);
  const locals = new Map(
    list.split(",").map((item) => {
      const [local, exported = local] = item.split(" as ");
      return [exported, local];
    }),
  );
  const start = locals.get("start");
  locals.delete("start");
  // gzip makes one code for some 16,000 letters at once: those of code and of packed wasm are better kept apart.
  const body = `${code.replace(wasm, "(wasmText)")};const wasmText=${wasm};`;
  const started = `${start}(\`"use strict";(\${convasm})(true)\`,isWorker,meta);return[${[...locals.values()]}]`;
  const exported = `export const[${[...locals.keys()]}]=convasm(false,import.meta);`;
  writeFileSync(`dist/${name}`, `function convasm(isWorker,meta){${body}${started}}\n${exported}\n`);
}

/** A plugin for the small one-file build: wasm files with the kernels of its layers alone, and the names of what it does without. */
async function smallParts() {
  const sources = {
    coreRows: "engine/operands.ts",
    extraRows: "engine/operands/extra.small.ts",
    FURTHER_ACTIVATIONS: "layers/further-activations.ts",
    FURTHER_LAYER_TYPES: "graph/further-layer-types.ts",
    FURTHER_LOSSES: "training/losses/further.ts",
  };
  const entry = Object.entries(sources).map(([name, file]) => `export { ${name} } from "${resolve("src", file)}";`);
  const virtual = {
    name: "entry",
    resolveId: (id) => (id === "entry" ? id : null),
    load: (id) => (id === "entry" ? entry.join("\n") : null),
  };
  const bundle = await rolldown({ input: "entry", plugins: [virtual] });
  const { output } = await bundle.generate({ format: "esm" });
  const parts = await import(`data:text/javascript,${encodeURIComponent(output[0].code)}`);
  const kernels = new Set(Object.keys({ ...parts.coreRows, ...parts.extraRows() }));
  const leftOut = Object.keys({ ...parts.FURTHER_ACTIVATIONS, ...parts.FURTHER_LAYER_TYPES, ...parts.FURTHER_LOSSES });
  const contents = new Map([
    [resolve("build/pair.text.js"), pairModule(await packWasm(PAIR, kernels))],
    [resolve("src/options/left-out.ts"), `export const LEFT_OUT = ${JSON.stringify(leftOut)};`],
  ]);
  return { name: "small-parts", load: (id) => contents.get(id) ?? null };
}

function settings(variants) {
  return {
    // h5wasm is loaded when the first HDF5 file comes: bundlers find it, pages need an import map.
    external: ["h5wasm"],
    platform: "browser",
    plugins: [variantsPlugin(variants)],
  };
}

rmSync("dist/browser", { recursive: true, force: true });
mkdirSync("dist/browser", { recursive: true });
await separateFiles();
await workerProgram();
await oneFile("convasm.min.js", ["onefile", "bare", "pair", "given", "none", "small"], [await smallParts()]);
await oneFile("convasm.full.min.js", ["onefile", "bare", "pair", "given"]);
