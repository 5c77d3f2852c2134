// Builds what pages without a bundler load, from src/: dist/convasm.min.js and the folder dist/browser.
import { copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { rolldown } from "rolldown";

rmSync("dist/browser", { recursive: true, force: true });
mkdirSync("dist/browser", { recursive: true });
await Promise.all([oneFile(), separateFiles()]);

/** `convasm.js`, the program of its workers, what both load when it is needed, and the wasm files, all side by side. */
async function separateFiles() {
  const bundle = await rolldown({
    ...settings("files"),
    input: { convasm: "src/index.ts", "browser-worker": "src/worker/browser-worker.ts" },
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
  for (const gear of ["simd", "relaxed"]) copyFileSync(`build/${gear}.wasm`, `dist/browser/${gear}.wasm`);
}

/** All in a function that the page and its workers call, so that its text is a worker's program. */
async function oneFile() {
  const bundle = await rolldown({ ...settings("pair"), input: "src/one-file.ts" });
  const { output } = await bundle.generate({ format: "esm", codeSplitting: false, minify: true, comments: false });
  const [{ code }] = output;
  const [all, list] = code.match(/export\{([^}]*)\};?\s*$/) ?? [];
  if (output.length !== 1 || list === undefined) throw new Error("expected one file that ends with its exports");
  const exported = list.split(",").map((item) => item.split(" as "));
  const names = exported.map(([local, name = local]) => name).filter((name) => name !== "start");
  const values = exported.map(([local, name = local]) => (local === name ? name : `${name}:${local}`));
  const program = [
    `function convasm(isWorker){${code.slice(0, -all.length)}`,
    `const all={${values}};all.start(\`(\${convasm})(true)\`,isWorker);return all}`,
    `export const{${names}}=convasm(false);\n`,
  ];
  writeFileSync("dist/convasm.min.js", program.join(""));
}

function settings(variant) {
  return {
    // Loaded when the first HDF5 file comes: bundlers find it, pages need an import map.
    external: ["h5wasm"],
    platform: "browser",
    plugins: [variantOf(variant)],
  };
}

/** Takes `name.<variant>.ts` in place of `name.ts` where there is one. */
function variantOf(variant) {
  return {
    name: "variant",
    async resolveId(source, importer) {
      if (importer === undefined || !source.startsWith(".")) return null;
      const other = resolve(importer, "..", source.replace(/\.ts$/, `.${variant}.ts`));
      return existsSync(other) ? other : null;
    },
  };
}
