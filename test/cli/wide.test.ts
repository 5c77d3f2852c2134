import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { asksForWide } from "../../src/cli/wide.ts";
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
});

/**
 * Largest size of each file. Pages that train a chain load the first one alone, which new layers do not touch: kernels of theirs
 * belong to the extra file, which has room for as many again and 12 KB more. `wide` has larger tiles, which cost no page
 * anything as only Node loads it, from a disk.
 */
const MOST: Readonly<Record<string, number>> = {
  simd: 56 * 1024,
  relaxed: 56 * 1024,
  wide: 64 * 1024,
  "simd-extra": 38 * 1024,
  "relaxed-extra": 38 * 1024,
  "wide-extra": 40 * 1024,
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
