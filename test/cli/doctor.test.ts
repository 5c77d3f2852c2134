import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { referenceBackend } from "../../src/bench/arena.ts";
import { callsByKernel } from "../../src/bench/calls/index.ts";
import { checkKernels } from "../../src/cli/doctor/checks.ts";
import { checkLines, faultJson } from "../../src/cli/doctor/report.ts";
import { styleFor } from "../../src/cli/style.ts";
import { convasm, temporaryFolder } from "./process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const folder = temporaryFolder();
afterAll(folder.remove);

const watch = { signal: new AbortController().signal, onProgress: () => {} };

describe("convasm doctor", () => {
  it("tells of the machine and checks kernels, gradients and threads", async () => {
    const { code, stderr, json, event } = await convasm(["doctor", "--quick", "--engine", "simd", "--json"], {
      cwd: folder.path,
    });
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(event("machine")).toMatchObject({ node: process.versions.node, v8: process.versions.v8 });
    expect(event("data").mnist).toBeNull();
    expect(event("threads")).toMatchObject({ available: true });
    const rows = json();
    const engines = rows.filter((row) => row.event === "engine");
    expect(engines.map(({ engine }) => engine)).toEqual(["js", "simd", "relaxed", "wide"]);
    expect(engines[1]).toMatchObject({
      available: true,
      binaries: ["simd", "simd-extra"].map((name) => {
        return { name, bytes: readFileSync(join(ROOT, "build", `${name}.wasm`)).length };
      }),
    });
    for (const { note } of engines) expect(note).toMatch(/\w/);
    const checks = rows.filter((row) => row.event === "check");
    expect(checks.map(({ check, on, faults }) => [check, on, faults])).toEqual([
      ["kernels", "simd", 0],
      ["kernels", "simd-shared", 0],
      ["gradients", "js in float64", 0],
      ["gradients", "simd", 0],
      ["threads", "simd", 0],
    ]);
    const peaks = rows.filter((row) => row.event === "peak");
    // Few kernels: all of them in doctor.slow.test.ts, and in test/engine.
    expect(checks[0].count).toBeGreaterThan(20);
    expect(peaks.every(({ engine, gflops }) => engine === "simd" && Number(gflops) > 0)).toBe(true);
    expect(event("done")).toMatchObject({ ok: true, faults: 0 });
  });

  it.each([["gpu", /^convasm: --engine: expected one of js, simd, relaxed, wide, got "gpu"\n$/]])(
    "refuses the engine %s",
    async (engine, message) => {
      const { code, stdout, stderr } = await convasm(["doctor", "--engine", engine], { cwd: folder.path });
      expect(code).toBe(2);
      expect(stdout).toBe("");
      expect(stderr).toMatch(message);
    },
  );
});

describe("the check of kernels", () => {
  it("finds the one kernel that is wrong, and only that", async () => {
    const good = referenceBackend("float32", 1 << 21);
    const kernels = {
      ...good.kernels,
      pad2d: (begin: number, end: number, ...args: number[]) => {
        good.kernels.pad2d(begin, end, ...args);
        if (end > begin) good.heap[args[1]] += 0.5;
      },
    };
    const checks = await checkKernels(
      [
        { on: "good", backend: good },
        { on: "bad", backend: { heap: good.heap, kernels } },
      ],
      watch,
      (kernel) => ["pad2d", "relu_forward"].includes(kernel),
    );
    const [sound, broken] = checks;
    expect(sound).toMatchObject({ check: "kernels", on: "good", faults: [] });
    const table = callsByKernel();
    expect(broken.count).toBeGreaterThan((table.get("pad2d")?.length ?? 0) + (table.get("relu_forward")?.length ?? 0));
    expect(broken.faults.length).toBeGreaterThan(10);
    for (const fault of broken.faults) {
      expect(fault).toMatchObject({ on: "bad", kernel: "pad2d", array: "y", index: 0 });
    }
    const lines = checkLines(checks, styleFor(false)).join("\n");
    expect(lines).toContain("ok: good\n");
    expect(lines).toMatch(
      /WRONG: bad, \d+ faults\n +pad2d \(.*\), whole: "y" at 0: expected 0, got 0.5, an error of 0.5/,
    );
    expect(JSON.parse(JSON.stringify(faultJson(broken.faults[0])))).toMatchObject({
      event: "fault",
      on: "bad",
      kernel: "pad2d",
      got: 0.5,
    });
  });

  it("stops when it is told to", async () => {
    const controller = new AbortController();
    controller.abort(new Error("enough"));
    const subjects = [{ on: "js", backend: referenceBackend("float32", 1 << 21) }];
    await expect(checkKernels(subjects, { ...watch, signal: controller.signal })).rejects.toThrow("enough");
  });
});
