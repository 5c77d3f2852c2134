import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { convasm, temporaryFolder } from "./process.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const bench = (...words: string[]) => convasm(["bench", "--quick", ...words], { cwd: folder.path });

const NETWORK_KEYS = ["net", "batch", "engine", "threads", "mode", "imagesPerSecond", "gflops", "peakGflops"];
const KERNEL_KEYS = ["kernel", "shape", "engine", "gflops", "peakGflops"];

function expectPositive(row: Record<string, unknown>, ...names: string[]): void {
  for (const name of names) {
    expect(typeof row[name], name).toBe("number");
    expect(row[name], name).toBeGreaterThan(0);
  }
}

describe("convasm bench", () => {
  it("prints a row for each network, mode and engine", async () => {
    const { code, stderr, json } = await bench("--net", "conv8", "--batch", "1", "--engine", "js,simd", "--json");
    expect(stderr).not.toMatch(/error|expected/);
    expect(code).toBe(0);
    const rows = json();
    expect(rows.map(({ net, batch, engine, threads, mode }) => [net, batch, engine, threads, mode])).toEqual([
      ["conv8", 1, "js", 1, "train"],
      ["conv8", 1, "simd", 1, "train"],
      ["conv8", 1, "js", 1, "infer"],
      ["conv8", 1, "simd", 1, "infer"],
    ]);
    for (const row of rows) {
      expect(Object.keys(row).slice(0, NETWORK_KEYS.length)).toEqual(NETWORK_KEYS);
      expectPositive(row, "imagesPerSecond", "gflops", "peakGflops", "milliseconds", "samples");
      expect(row.node).toBe(process.versions.node);
    }
    // A speed in images and one in operations differ by operations per image: 2 for each of the 26 x 26 x 8 outputs' 9
    // products and the 1352 x 10 of the dense layer; training adds gradients of both weights and of the dense input.
    const perImage = rows.map(({ gflops, imagesPerSecond }) => (1e9 * Number(gflops)) / Number(imagesPerSecond));
    const [convolution, dense] = [2 * 26 * 26 * 8 * 9, 2 * 1352 * 10];
    for (const [i, count] of perImage.entries()) {
      const wanted = i < 2 ? 2 * convolution + 3 * dense : convolution + dense;
      expect(Math.abs(count / wanted - 1)).toBeLessThan(1e-3);
    }
  });

  it("measures a residual network on colour images, at several batch sizes", async () => {
    const words = ["--net", "resnet8", "--batch", "1", "2", "--engine", "simd", "--mode", "train", "--json"];
    const { code, json } = await bench(...words);
    expect(code).toBe(0);
    expect(json().map(({ net, batch, mode }) => [net, batch, mode])).toEqual([
      ["resnet8", 1, "train"],
      ["resnet8", 2, "train"],
    ]);
  });

  it("checks and measures every kernel", async () => {
    const { code, json } = await bench("--kernels", "--batch", "1", "--engine", "simd", "--json");
    expect(code).toBe(0);
    const rows = json();
    for (const row of rows) {
      expect(Object.keys(row).slice(0, KERNEL_KEYS.length)).toEqual(KERNEL_KEYS);
      expectPositive(row, "peakGflops", "gigabytesPerSecond", "milliseconds");
      // Only what moves data computes nothing.
      if (!/^(pack|pad)/.test(String(row.kernel))) expectPositive(row, "gflops");
    }
    const kernels = new Set(rows.map(({ kernel }) => kernel));
    // Of the wasm file, all that works on a range, and nothing else.
    const { instance } = await WebAssembly.instantiate(
      readFileSync(new URL("../../build/simd.wasm", import.meta.url)),
      { env: { memory: new WebAssembly.Memory({ initial: 2 }) } },
    );
    const exported = Object.keys(instance.exports).filter((name) => name !== "memory" && !name.startsWith("peak_"));
    expect([...kernels].sort()).toEqual(exported.sort());
    const work = rows.map(({ kernel, shape, engine }) => `${kernel} ${shape} ${engine}`);
    expect(new Set(work).size).toBe(work.length);
  });

  it("prints tables with the comparison to plain JavaScript, and draws a chart", async () => {
    const words = ["--net", "conv8", "--kernels", "dense", "--batch", "1", "--engine", "js", "simd", "--svg", "b.svg"];
    const { code, stdout } = await bench(...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Machine {3}.+ core/m);
    expect(stdout).toContain(`Node      ${process.versions.node}, V8 ${process.versions.v8}`);
    expect(stdout).toMatch(/^network +mode +engine +batch +images\/s +GFLOP\/s +of peak +x js$/m);
    expect(stdout).toMatch(/^dense_backward_weights +1 x 1352 to 10 +simd /m);
    expect(stdout).not.toContain("conv2d_forward");
    expect(stdout).toMatch(/^simd is [\d.]+ times as fast as plain JavaScript \(conv8, training, batch 1\)$/m);
    expect(readFileSync(join(folder.path, "b.svg"), "utf8")).toMatch(/^<svg .*conv8, training, batch 1.*<\/svg>\n$/s);
  });

  it.each([
    [["--net", "kears"], '--net: expected one of speed99, strided, .*, got "kears"; did you mean keras\\?'],
    [["--engine", "gpu"], '--engine: expected one of js, simd, relaxed, got "gpu"'],
    [["--mode", "train,fast"], '--mode: expected one of train, infer, got "fast"'],
    [["--batch", "0"], '--batch: expected whole numbers from 1 to 65536, got "0"'],
    [["--batch", "1.5"], '--batch: expected whole numbers from 1 to 65536, got "1.5"'],
    [["--kernels", "winograd"], '--kernels: expected a part of one of .*conv2d_forward.*, got "winograd"'],
    [["--nett", "keras"], "unknown option '--nett'.*"],
  ])("refuses %j in one line", async (words, message) => {
    const { code, stdout, stderr } = await bench(...words);
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(new RegExp(`^convasm: ${message}\n$`));
  });
});
