import type { ChildProcess } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { keepVerdict, readVerdict } from "../../src/cli/wide-verdict.ts";
import { asksForWide, leavesEngine, wordsAfterCrash } from "../../src/cli/wide-words.ts";
import { knowsWide, WIDE_FLAG } from "../../src/node/wide.ts";
import { convasm, temporaryFolder } from "./process.ts";

const folder = temporaryFolder();
afterAll(folder.remove);

const TRAIN = ["train", "digits", "--model", "conv8", "--limit", "256", "--epochs", "1"];

describe("asksForWide", () => {
  it.each([
    ["train --engine wide", true],
    ["train --engine=wide", true],
    ["bench --engine relaxed wide --batch 1", true],
    ["bench --engine relaxed,wide", true],
    ["train --engine simd --name wide", false],
    ["bench --net wide --engine js", false],
    ["train wide", false],
  ])("%s: %s", (line, wanted) => {
    expect(asksForWide(line.split(" "))).toBe(wanted);
  });
});

describe("leavesEngine", () => {
  it.each([
    ["train", true],
    ["train digits --json", true],
    ["train --engine auto", true],
    ["train --engine=simd", false],
    ["eval @latest", true],
    ["predict @latest a.png", true],
    ["recipes report conv8", true],
    ["recipes show conv8", false],
    ["inspect @latest", false],
    ["bench", false],
    ["train --help", false],
    ["", false],
  ])("%s: %s", (line, wanted) => {
    expect(leavesEngine(line.split(" "))).toBe(wanted);
  });
});

describe("wordsAfterCrash", () => {
  it.each([
    ["train digits", undefined, "train digits --engine relaxed"],
    ["train --engine wide digits", undefined, "train digits --engine relaxed"],
    [
      "train digits --json --epochs 9 --threads 2",
      "runs/a",
      "train --resume runs/a --json --threads 2 --engine relaxed",
    ],
    ["train --resume runs/b --epochs 9", "runs/b", "train --resume runs/b --epochs 9 --engine relaxed"],
    ["train --seeds 3", "runs/c-seed1", "train --seeds 3 --engine relaxed --overwrite"],
    ["eval @latest --engine=auto", undefined, "eval @latest --engine relaxed"],
  ])("%s", (line, folder, wanted) => {
    expect(wordsAfterCrash(line.split(" "), folder).join(" ")).toBe(wanted);
  });
});

describe("the kept verdict", () => {
  const file = join(folder.path, "verdicts", "convasm", "wide.json");
  beforeEach(() => {
    vi.stubEnv("XDG_CACHE_HOME", join(folder.path, "verdicts"));
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(file, { force: true });
  });

  it("is read back, and replaced by a later one", async () => {
    expect(await readVerdict()).toBeUndefined();
    const good = await keepVerdict(undefined);
    expect(await readVerdict()).toEqual(good);
    await keepVerdict("it broke", true);
    expect(await readVerdict()).toMatchObject({ failure: "it broke", crashed: true });
    expect(Object.keys(JSON.parse(readFileSync(file, "utf8")))).toHaveLength(1);
  });

  it.each(["", "[1]", '{"a": {"crashed": 3}}', "\u0000{"])("is none in a file with %j", async (text) => {
    await keepVerdict(undefined);
    writeFileSync(file, text);
    expect(await readVerdict()).toBeUndefined();
    await keepVerdict(undefined);
    expect(await readVerdict()).toMatchObject({ crashed: false });
  });
});

describe("knowsWide", () => {
  it("asks for Node 23.5", () => {
    expect(["20.20.2", "22.9.0", "23.4.0", "23.5.0", "24.0.0"].map(knowsWide)).toEqual([
      false,
      false,
      false,
      true,
      true,
    ]);
  });
});

describe.skipIf(knowsWide())("on a Node without it", () => {
  it("says so and goes on without", async () => {
    const { code, stderr, event } = await convasm([...TRAIN, "--engine", "wide", "--json"], { cwd: folder.path });
    expect(stderr).toMatch(
      /^convasm: --engine wide: it needs Node 23\.5 or newer, this is [\d.]+; relaxed runs in its place$/m,
    );
    expect(code).toBe(0);
    expect(event("done")).toBeDefined();
  });
});

if (!knowsWide()) console.log(`the engine wide is not tested: Node ${process.versions.node} does not know it`);
describe.skipIf(!knowsWide())("on a Node that knows it", () => {
  it("passes its self-check: every kernel gives the bits of relaxed", async () => {
    const script = fileURLToPath(new URL("../../dist/cli/wide-check.js", import.meta.url));
    const command = [process.execPath, WIDE_FLAG, "--no-liftoff", script];
    const { code, stdout } = await convasm([], { cwd: folder.path, command });
    expect(stdout).toBe("");
    expect(code).toBe(0);
  });

  it("trains to the same weights as relaxed, and passes exit codes on", async () => {
    const hashes = [];
    for (const engine of ["relaxed", "wide"]) {
      const { code, event } = await convasm([...TRAIN, "--engine", engine, "--json"], { cwd: folder.path });
      expect(code).toBe(0);
      hashes.push(event("done").weightsSha256);
    }
    expect(hashes[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(hashes[1]).toBe(hashes[0]);
    const wrong = await convasm(["train", "--engine", "wide", "--epochs", "none"], { cwd: folder.path });
    expect(wrong.code).toBe(2);
  });

  it("is what auto takes, and goes on with relaxed from the last checkpoint after a crash, to the same weights", async () => {
    const env = { CONVASM_ENGINE: "auto" };
    const words = [...TRAIN.slice(0, -1), "20", "--json"];
    const whole = await convasm([...words, "--out", "whole"], { cwd: folder.path, env });
    expect(whole.event("start")).toMatchObject({ engine: "wide" });
    let crashed = false;
    const crash = (stdout: string, child: ChildProcess) => {
      if (crashed || !stdout.includes('"epoch":2')) return;
      crashed = true;
      process.kill(Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, "utf8").trim()), "SIGSEGV");
    };
    const broken = await convasm([...words, "--out", "broken"], { cwd: folder.path, env, onOutput: crash });
    expect(broken.stderr).toBe(
      "convasm: the engine wide ended its process (SIGSEGV); relaxed goes on from the last checkpoint, to the same results\n",
    );
    expect(broken.code).toBe(0);
    expect(broken.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
    const after = await convasm([...TRAIN, "--json"], { cwd: folder.path, env });
    expect(after.event("start")).toMatchObject({ engine: "relaxed" });
    expect(after.stderr).toBe("");
  });
});

/**
 * Largest size of each file. Pages that train a chain load the first one alone, which new layers do not touch: kernels of theirs
 * belong to the extra file, whose limit grows by 2 KB where new ones (0.5 to 1.5 KB each) find no room. It has room, too, for what
 * activations gain by constants in registers and by code of their own without calls: for GELU and noise 2.8 KB for a sixth of the
 * time, and by four rows side by side, in layer normalisation 2 KB for a third of it. Depthwise windows of three and five columns have code
 * of their own for each stride, inside of images and at their edges: 3 KB for which copies with a border fall away, and 5 x 5 windows
 * take 0.4 to 0.8 of their time. `wide` has larger tiles and loops, which cost no page anything as only Node loads it, from a disk.
 */
const MOST: Readonly<Record<string, number>> = {
  simd: 56 * 1024,
  relaxed: 56 * 1024,
  wide: 64 * 1024,
  "simd-extra": 46 * 1024,
  "relaxed-extra": 46 * 1024,
  "wide-extra": 58 * 1024,
};

describe("the wasm files", () => {
  it.each(Object.entries(MOST))("%s has at most %d bytes", (name, most) => {
    const file = new URL(`../../build/${name}.wasm`, import.meta.url);
    expect(existsSync(file)).toBe(true);
    const size = readFileSync(file).length;
    const figures = `${name}.wasm: ${size} bytes, ${most - size} of ${most} left`;
    console.log(figures);
    expect(size, figures).toBeLessThanOrEqual(most);
  });
});
