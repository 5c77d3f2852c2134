import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { gzipSync } from "node:zlib";
import { type OutputChunk, rolldown } from "rolldown";
import { describe, expect, it } from "vitest";
import { DIST } from "./pages.ts";

const KB = 1024;

const gzipped = (text: string | Uint8Array) => gzipSync(text, { level: 9 }).length;

/** A page that trains on data of its own, in the thread that it is in. */
const PAGE = `
import { conv2d, createDataset, createModel, dense, flatten, maxPooling2d, oneCycle, sgd } from "convasm";
globalThis.train = async (images, labels) => {
  const model = createModel({
    input: { shape: [28, 28, 1], scale: 1 / 255 },
    layers: [conv2d({ filters: 8, kernelSize: 5, activation: "relu" }), maxPooling2d(), flatten(), dense({ units: 10 })],
  });
  await model.compile({ optimizer: sgd({ learningRate: 0.1, momentum: 0.9 }), loss: "softmaxCrossEntropy", engine: "simd" });
  await model.fit(createDataset({ shape: [28, 28, 1], images, labels }), { schedule: oneCycle() });
  return model.save();
}`;

/** The page as Vite's bundler makes it: each file by its name. */
async function bundled(): Promise<Map<string, OutputChunk>> {
  const bundle = await rolldown({
    input: "page.js",
    external: ["h5wasm"],
    // As Vite says for pages.
    preserveEntrySignatures: false,
    plugins: [
      {
        name: "page",
        resolveId(id) {
          if (id === "page.js") return id;
          return id === "convasm" ? { id: join(DIST, "index.js"), moduleSideEffects: false } : null;
        },
        load: (id) => (id === "page.js" ? PAGE : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: "esm", minify: true, comments: false });
  return new Map(output.filter((file) => file.type === "chunk").map((file) => [file.fileName, file]));
}

/** Fails where a file is too large, with what is left else. */
function expectAtMost(what: string, size: number, most: number): void {
  const figures = `${what}: ${size} bytes packed, ${most - size} of ${most} left`;
  console.log(figures);
  expect(size, figures).toBeLessThanOrEqual(most);
}

/** The files that the page loads before it has trained. */
async function loaded(): Promise<readonly OutputChunk[]> {
  const files = await bundled();
  const names = [...files.keys()];
  const wanted = new Set(names.filter((name) => files.get(name)?.isEntry || name.startsWith("simd.text")));
  expect(wanted.size).toBe(2);
  for (const name of wanted) for (const other of files.get(name)?.imports ?? []) wanted.add(other);
  return [...wanted].flatMap((name) => files.get(name) ?? []);
}

/** The modules of which something is in some files, without their folders. */
function modulesOf(files: readonly OutputChunk[]): ReadonlySet<string> {
  const modules = files.flatMap((file) => Object.entries(file.modules));
  return new Set(modules.filter(([, { renderedLength }]) => renderedLength > 0).map(([id]) => basename(id, ".js")));
}

describe("a page that trains a chain", () => {
  it("has no layer but its own and those that an option may name, and nothing of other kernels", async () => {
    const modules = modulesOf(await loaded());
    const tables = ["graph/layer-types.js", "graph/further-layer-types.js"];
    const list = (await Promise.all(tables.map((path) => readFile(join(DIST, path), "utf8")))).join("");
    const layers = [...list.matchAll(/"\.\.\/layers\/([\w-]+)\.js"/g)].map(([, name]) => name);
    expect(layers.length).toBeGreaterThan(20);
    const found = layers.filter((name) => modules.has(name));
    expect(found.sort()).toEqual(["activation", "conv2d", "dense", "flatten", "max-pooling2d"]);
    const others = [
      "placed-transposed",
      "placed-separable",
      "placed-copy",
      "up-sampling",
      "affine",
      "adaptive-pooling",
    ];
    expect([...others, "simd-extra.text", "relaxed.text"].filter((name) => modules.has(name))).toEqual([]);
    // Else names of modules are others.
    expect(modules.has("simd.text")).toBe(true);
  });
});

describe("the size of the library, packed by gzip", () => {
  it("is at most 60 KB for a page that trains with one engine", async () => {
    const size = (await loaded()).reduce((sum, { code }) => sum + gzipped(code), 0);
    expectAtMost("a page with one engine", size, 60 * KB);
    // Else something is missing.
    expect(size).toBeGreaterThan(40 * KB);
  });

  // Depthwise windows of three and five columns at the edges of images, without a copy with a border, are 0.8 KB of it, and their data
  // gradients at stride 2, in half the time, 0.4 KB.
  it("is at most 103 KB for one file with all engines", async () => {
    expectAtMost("convasm.min.js", gzipped(await readFile(join(DIST, "convasm.min.js"))), 103 * KB);
  });
});

describe("the sizes that the docs state", () => {
  it.each([
    ["docs/NOTES.md", /^\| `dist\/convasm\.full\.min\.js` \|.*\| (\d+) KB \|$/m, "dist/convasm.full.min.js"],
    ["README.md", /`dist\/convasm\.full\.min\.js` \((\d+) KB packed by gzip\)/, "dist/convasm.full.min.js"],
    ["docs/NOTES.md", /^\| `dist\/worker\/browser-worker\.js` \|.*\| (\d+) KB \|$/m, "dist/worker/browser-worker.js"],
    ["docs/NOTES.md", /and (\d+) KB where it loads the extra kernels \|$/m, "build/simd-extra.text.js"],
  ])("%s is right to a tenth: %s", async (page, pattern, file) => {
    const path = (name: string) => new URL(`../../${name}`, import.meta.url);
    const stated = Number(pattern.exec(await readFile(path(page), "utf8"))?.[1]);
    const size = gzipped(await readFile(path(file))) / KB;
    const figures = `${page} says ${stated} KB, ${file} has ${size.toFixed(1)}`;
    expect(Math.abs(size - stated), figures).toBeLessThanOrEqual(size / 10);
  });
});
