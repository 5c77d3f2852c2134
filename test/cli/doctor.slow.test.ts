import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { allCalls, networkCalls } from "../../src/bench/calls/index.ts";
import { convasm, temporaryFolder } from "./process.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const folder = temporaryFolder();
afterAll(folder.remove);

/** A copy of the package whose strict SIMD takes the smaller of two numbers where a ReLU should take the larger. */
function brokenPackage(): string {
  const copy = join(folder.path, "broken");
  for (const part of ["bin", "dist", "build", "package.json"]) {
    cpSync(join(ROOT, part), join(copy, part), { recursive: true });
  }
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"), "junction");
  const file = join(copy, "build", "simd.wasm");
  const bytes = readFileSync(file);
  // The instructions f32x4.pmax and f32x4.pmin.
  const [maximum, minimum] = [Buffer.from([0xfd, 0xeb, 0x01]), 0xea];
  for (let at = bytes.indexOf(maximum); at >= 0; at = bytes.indexOf(maximum, at)) bytes[at + 1] = minimum;
  writeFileSync(file, bytes);
  return join(copy, "bin", "convasm.js");
}

describe("convasm doctor", () => {
  it("checks every kernel, and finds nothing wrong", async () => {
    const { code, json } = await convasm(["doctor", "--engine", "simd", "--json"], { cwd: folder.path });
    expect(code).toBe(0);
    const kernels = json().filter(({ check }) => check === "kernels");
    expect(kernels.map(({ on, faults }) => [on, faults])).toEqual([
      ["simd", 0],
      ["simd-shared", 0],
    ]);
    for (const { count } of kernels) expect(count).toBe(allCalls().length + networkCalls().length);
  });

  it("finds a wrong instruction in a wasm file, names the kernels, and exits with 1", async () => {
    const command = [process.execPath, brokenPackage(), "doctor", "--quick", "--engine", "simd"];
    const { code, stdout } = await convasm([], { cwd: folder.path, command });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ +WRONG: simd-shared, [\d,]+ faults$/m);
    expect(stdout).toMatch(/^ +WRONG: simd, [\d,]+ faults$/m);
    expect(stdout).toMatch(/^ +relu_forward \(.*\), whole: "y" at \d+: expected .*, got .*, an error of /m);
    expect(stdout).toMatch(/^ +WRONG: simd, \d+ faults?\n +.* on simd, gradients in float64: /m);
    expect(stdout).toMatch(/^[\d,]+ faults: this machine computes wrong results$/m);
  });
});
