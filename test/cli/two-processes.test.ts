// Processes that meet: in one folder, or as one that runs another.

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { knowsWide } from "../../src/node/wide.ts";
import { CONVASM, cleanEnvironment, convasm, temporaryFolder } from "./process.ts";
import { writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(() => {
  writeSmallData(join(cwd, "small"), 100, 40);
});
afterAll(remove);

const TRAIN = ["train", "small", "--model", "conv8"];

describe("runs into one folder", () => {
  it("are one: of two that are started at once, one loses", async () => {
    const words = [...TRAIN, "--epochs", "1", "--out", "shared"];
    const results = await Promise.all([convasm(words, { cwd }), convasm(words, { cwd })]);
    expect(results.map(({ code }) => code).sort()).toEqual([0, 2]);
    const loser = results.find(({ code }) => code === 2);
    expect(loser?.stderr).toMatch(
      /^convasm: --out "shared": expected a folder without a run, got one with a run: .*\n$/,
    );
    const settings: unknown = JSON.parse(readFileSync(join(cwd, "shared", "settings.json"), "utf8"));
    expect(settings).toMatchObject({ network: "conv8" });
  });

  it("make it again when it is removed under them", async () => {
    let isRemoved = false;
    const words = [...TRAIN, "--epochs", "3", "--validation", "20", "--out", "removed", "--json"];
    const result = await convasm(words, {
      cwd,
      onOutput(stdout) {
        if (isRemoved || !stdout.includes('"event":"epoch"')) return;
        // At once, which removing file by file is not.
        renameSync(join(cwd, "removed"), join(cwd, "elsewhere"));
        isRemoved = true;
      },
    });
    expect(result.stderr).toBe("");
    expect(result.code).toBe(0);
    expect(readdirSync(join(cwd, "removed"))).toEqual(expect.arrayContaining(["history.csv", "model.safetensors"]));
  });
});

if (!knowsWide())
  console.log(`the process of the engine wide is not tested: Node ${process.versions.node} does not know it`);
describe.skipIf(!knowsWide())("the process that runs wide", () => {
  /** Starts a long run; what it printed, and the process that was started, once it trains. */
  function started(out: string): Promise<{ child: ChildProcess; said: () => string; closed: Promise<number | null> }> {
    const words = [...TRAIN, "--epochs", "100000", "--engine", "wide", "--out", out, "--json"];
    const child = spawn(process.execPath, [CONVASM, ...words], { cwd, env: cleanEnvironment(cwd) });
    let text = "";
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve));
    return new Promise((resolve, reject) => {
      child.on("error", reject);
      child.stderr.setEncoding("utf8").on("data", (more: string) => {
        text += more;
      });
      child.stdout.setEncoding("utf8").on("data", (more: string) => {
        if (more.includes('"event":"epoch"')) resolve({ child, said: () => text, closed });
      });
    });
  }

  it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("hears of a %s that is sent to the first one", async (signal) => {
    const { child, said, closed } = await started(signal);
    child.kill(signal);
    // The streams close when both have ended.
    expect(await closed).toBe(130);
    expect(said()).toMatch(/^convasm: interrupted in epoch .*nothing is lost, go on with: .*\n$/);
    expect(existsSync(join(cwd, signal, "checkpoint.safetensors"))).toBe(true);
  });

  it("ends, with a checkpoint, when the first one is killed", async () => {
    const { child, closed } = await started("killed");
    rmSync(join(cwd, "killed", "checkpoint.safetensors"), { force: true });
    child.kill("SIGKILL");
    await closed;
    expect(existsSync(join(cwd, "killed", "checkpoint.safetensors"))).toBe(true);
  });
});
