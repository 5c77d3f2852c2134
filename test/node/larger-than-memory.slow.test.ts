import { spawnSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { npyFile } from "../data/read/npy-writer.ts";

const SIDE = 64;
const BYTES = 6e9;
const N = Math.floor(BYTES / (SIDE * SIDE * 3));
const MB = 1e6;

let root = "";

/** Writes an array of zeros that takes no room on the disk, but for its header and its first images. */
function sparse(path: string, shape: readonly number[], bytes: number): void {
  const { bytes: start } = npyFile(
    "start.npy",
    shape,
    new Uint8Array(SIDE * SIDE * 3).map((_, i) => i % 256),
  );
  const file = openSync(path, "w");
  writeSync(file, start);
  ftruncateSync(file, start.length - SIDE * SIDE * 3 + bytes);
  closeSync(file);
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convasm-large-"));
  sparse(join(root, "x_train.npy"), [N, SIDE, SIDE, 3], N * SIDE * SIDE * 3);
  sparse(join(root, "y_train.npy"), [N], N);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Trains one step in a process of its own, and tells of its time and memory. */
const PROGRAM = `
const [dist, folder] = process.argv.slice(1);
const { createModel, conv2d, dense, flatten, loadDataFiles, maxPooling2d } = await import(dist);
const layers = [conv2d({ filters: 8, kernelSize: 3, activation: "relu" }), maxPooling2d(), flatten(), dense({ units: 256 })];
const model = createModel({ input: { shape: [${SIDE}, ${SIDE}, 3], scale: 1 / 255 }, layers });
await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", batchSize: 32, engine: "simd" });
globalThis.gc?.();
const before = process.memoryUsage().rss;
const start = performance.now();
const { train } = await loadDataFiles(folder, { streaming: "auto" });
for await (const event of model.fitEvents(train)) {
  if (event.event !== "step") continue;
  const seconds = (performance.now() - start) / 1000;
  const peak = process.resourceUsage().maxRSS * 1024;
  console.log(JSON.stringify({ images: train.length, loss: event.loss, seconds, more: peak - before }));
  break;
}
process.exit(0);
`;

describe("an array of 6 GB", () => {
  it("trains a step in little memory, after a start that does not read it", () => {
    const dist = new URL("../../dist/node.js", import.meta.url).href;
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--expose-gc", "--input-type=module", "-e", PROGRAM, dist, root],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    const { images, loss, seconds, more } = JSON.parse(stdout);
    console.log(`6 GB .npy: first step after ${seconds.toFixed(2)} s, ${(more / MB).toFixed(0)} MB beyond the model's`);
    expect(images).toBe(N);
    expect(loss).toBeGreaterThan(0);
    expect(more).toBeLessThan(400 * MB);
  });
});
