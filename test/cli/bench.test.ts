import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { planBench } from "../../src/cli/bench/plan.ts";
import { extraRows } from "../../src/engine/operands/extra.ts";
import { coreRows } from "../../src/engine/operands.ts";
import { convasm, interruptAt, temporaryFolder } from "./process.ts";

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
  it("prints a row for each network, mode, engine and number of threads", async () => {
    const words = ["--net", "conv8", "--batch", "1", "--engine", "js,simd", "--threads", "1 2", "auto", "--json"];
    const { code, stderr, json } = await bench(...words);
    expect(stderr).not.toMatch(/error|expected/);
    expect(code).toBe(0);
    const rows = json();
    const settings = [
      ["js", 1],
      ["simd", 1],
      ["simd", 2],
    ];
    expect(rows.filter(({ threadsAsked }) => threadsAsked === undefined)).toHaveLength(6);
    expect(
      rows
        .filter(({ threadsAsked }) => threadsAsked === undefined)
        .map(({ net, batch, mode, engine, threads }) => [net, batch, mode, engine, threads]),
    ).toEqual(["train", "infer"].flatMap((mode) => settings.map((setting) => ["conv8", 1, mode, ...setting])));
    expect(rows.filter(({ threadsAsked }) => threadsAsked === "auto").map(({ engine }) => engine)).toEqual([
      "simd",
      "simd",
    ]);
    for (const row of rows) {
      expect(Object.keys(row).slice(0, NETWORK_KEYS.length)).toEqual(NETWORK_KEYS);
      expectPositive(row, "imagesPerSecond", "gflops", "peakGflops", "milliseconds", "samples");
      expect(row.node).toBe(process.versions.node);
      // A speed in images and one in operations differ by operations per image: 2 for each of the 26 x 26 x 8 outputs' 9
      // products and the 1352 x 10 of the dense layer; training adds gradients of both weights and of the dense input.
      const perImage = (1e9 * Number(row.gflops)) / Number(row.imagesPerSecond);
      const [convolution, dense] = [2 * 26 * 26 * 8 * 9, 2 * 1352 * 10];
      const wanted = row.mode === "train" ? 2 * convolution + 3 * dense : convolution + dense;
      expect(Math.abs(perImage / wanted - 1)).toBeLessThan(1e-3);
    }
  });

  it("measures a residual network on colour images, at several batch sizes", async () => {
    const words = ["--net", "resnet8", "--batch", "1", "2", "--engine", "simd", "--threads", "1", "--mode", "train"];
    const { code, json } = await bench(...words, "--json");
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
      expectPositive(row, "peakGflops", "gigabytesPerSecond", "milliseconds", "threads");
      const multiplies = /^(conv2d|dense|depthwise|winograd)_.*(forward|backward)/.test(String(row.kernel));
      if (multiplies) expect(row).not.toHaveProperty("scaleGigabytesPerSecond");
      else expectPositive(row, "scaleGigabytesPerSecond");
      // Only what moves data computes nothing.
      if (!/^(pack|pad|copy|transpose|upsample_nearest_forward)/.test(String(row.kernel)))
        expectPositive(row, "gflops");
    }
    const kernels = new Set(rows.map(({ kernel }) => kernel));
    // All that works on a range, and nothing else.
    const names = Object.keys({ ...coreRows, ...extraRows() });
    expect([...kernels].sort()).toEqual(names.filter((name) => !name.startsWith("peak_")).sort());
    const work = rows.map(({ kernel, shape, engine }) => `${kernel} ${shape} ${engine}`);
    expect(new Set(work).size).toBe(work.length);
  });

  it("prints tables with the comparison to plain JavaScript, and draws a chart", async () => {
    const words = ["--net", "conv8", "--kernels", "dense", "--batch", "1", "--engine", "js", "simd", "--threads", "2"];
    const { code, stdout } = await bench(...words, "--svg", "b.svg");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Machine {3}.+ core/m);
    expect(stdout).toContain(`Node      ${process.versions.node}, V8 ${process.versions.v8}`);
    expect(stdout).toMatch(/^network +mode +engine +threads +batch +images\/s +GFLOP\/s +of peak +x js$/m);
    expect(stdout).toMatch(/^dense_backward_weights +1 x 20 to 10 +simd +2 /m);
    expect(stdout).not.toContain("conv2d_forward");
    const news = /^simd with 2 threads is [\d.]+ times as fast as plain JavaScript \(conv8, training, batch 1\)$/m;
    expect(stdout).toMatch(news);
    const svg = readFileSync(join(folder.path, "b.svg"), "utf8");
    expect(svg).toMatch(/^<svg .*<title>simd with 2 threads is .*conv8, training, batch 1.*<\/svg>\n$/s);
  });

  it("prints what was measured when it is interrupted", async () => {
    const words = ["bench", "--net", "keras", "conv8", "--engine", "simd", "--threads", "1", "--mode", "infer"];
    const interrupted = await convasm([...words, "--json"], {
      cwd: folder.path,
      onOutput: interruptAt("{"),
    });
    expect(interrupted.code).toBe(130);
    const rows = interrupted.json();
    expect(rows.length).toBeGreaterThanOrEqual(1);
    expect(rows.length).toBeLessThan(6);
    expect(interrupted.stderr).toMatch(/^convasm: interrupted\n$/m);
  });

  it("finds out that a chart cannot be written before it measures", async () => {
    const { code, stdout, stderr } = await bench("--net", "torch", "--svg", join("none", "b.svg"));
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^convasm: cannot write "none.b\.svg": no such file or folder\n$/);
  });

  it.each([
    [
      { net: ["kears"] },
      /^--net: expected a .json file or one of speed99, strided, .*, got "kears"; did you mean keras\?$/,
    ],
    [{ engine: ["gpu"] }, /^--engine: expected one of js, simd, relaxed, wide, got "gpu"$/],
    [{ mode: ["train,fast"] }, /^--mode: expected one of train, infer, got "fast"$/],
    [{ batch: ["0"] }, /^--batch: expected a whole number at least 1 and at most 65536, got "0"$/],
    [{ batch: ["1.5"] }, /^--batch: expected a whole number at least 1 and at most 65536, got "1.5"$/],
    [{ threads: ["2", "many"] }, /^--threads: expected auto or a whole number at least 1 and at most 64, got "many"$/],
    [{ kernels: ["wnograd"] }, /^--kernels: expected a part of one of .*conv2d_forward.*, got "wnograd"/],
  ])("refuses %j", async (options, message) => {
    await expect(planBench(options)).rejects.toThrow(message);
  });

  it("refuses wrong options in one line", async () => {
    const { code, stdout, stderr } = await bench("--nett", "keras");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^convasm: unknown option '--nett'.*\n$/);
  });
});
