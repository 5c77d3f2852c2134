// The modules of Node that a program's start loads: each of its larger parts is loaded when a global's name is first
// used.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { CONVASM, cleanEnvironment } from "./process.ts";

const folder = mkdtempSync(join(tmpdir(), "convasm-start-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Node's parts behind `Response`, `Headers`, `FormData`, `WebSocket`, `MessageEvent`, `navigator`, `localStorage`. */
const LAZY = /undici|navigator|webstorage|eventsource/;

/** Prints at the end which of Node's own modules were loaded. */
const WATCH = `data:text/javascript,process.on("exit",()=>process.stderr.write(process.moduleLoadList.join("\\n")))`;

/** The modules that a program loads beyond those of Node itself. */
function loaded(args: readonly string[]): string[] {
  const run = (words: readonly string[]) => {
    const options = { cwd: folder, env: cleanEnvironment(folder), encoding: "utf8" } as const;
    const { status, stderr } = spawnSync(process.execPath, ["--import", WATCH, ...words], options);
    expect(status, stderr).toBe(0);
    return stderr.split("\n").filter((line) => LAZY.test(line));
  };
  // Node 20 prints the list of `--eval` as it prints any other.
  const always = run(["--input-type=module", "--eval", "0"]);
  return run(args).filter((module) => !always.includes(module));
}

/** The library as a program uses it, on two threads. */
const PROGRAM = `
import { createModel, dense, digits, flatten } from ${JSON.stringify(fileURLToPath(new URL("../../dist/node/convasm.js", import.meta.url)))};
const model = createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", threads: 2 });
await model.fit(digits({ count: 64, seed: 1 }));
model.dispose();
`;

describe("Node's fetch, and what else comes with the mere name of a global,", () => {
  it("is loaded by naming Response, as this test sees it", () => {
    expect(loaded(["--input-type=module", "--eval", "Response"])).not.toEqual([]);
  });

  it("is not loaded by the command line", () => {
    const run = join(folder, "run");
    const train = ["train", "digits", "--limit", "128", "--epochs", "1", "--threads", "2", "--out", run];
    expect(loaded([CONVASM, ...train])).toEqual([]);
    expect(loaded([CONVASM, "eval", run, "digits", "--limit", "100"])).toEqual([]);
  });

  it("is not loaded by the library", () => {
    expect(loaded(["--input-type=module", "--eval", PROGRAM])).toEqual([]);
  });
});
