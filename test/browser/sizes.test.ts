import { readFile } from "node:fs/promises";
import { join } from "node:path";
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

describe("the size of the library, packed by gzip", () => {
  it("is at most 60 KB for a page that trains with one engine", async () => {
    const files = await bundled();
    const names = [...files.keys()];
    const wanted = new Set(names.filter((name) => files.get(name)?.isEntry || name.startsWith("simd.text")));
    expect(wanted.size).toBe(2);
    for (const name of wanted) for (const other of files.get(name)?.imports ?? []) wanted.add(other);
    const sizes = [...wanted].map((name) => gzipped(files.get(name)?.code ?? ""));
    const size = sizes.reduce((sum, value) => sum + value, 0);
    expectAtMost("a page with one engine", size, 60 * KB);
    // Else something is missing.
    expect(size).toBeGreaterThan(40 * KB);
  });

  it("is at most 105 KB for one file with all engines", async () => {
    expectAtMost("convasm.min.js", gzipped(await readFile(join(DIST, "convasm.min.js"))), 105 * KB);
  });
});
