import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { convasm, interruptAt, temporaryFolder } from "./process.ts";

const SHARED = fileURLToPath(new URL("../../../shared/data/mnist", import.meta.url));
const { CONVASM_DATA } = process.env;
const MNIST = CONVASM_DATA === undefined ? SHARED : join(CONVASM_DATA, "mnist");
const isMissing = !existsSync(MNIST);
if (isMissing) console.log(`skipped: no MNIST in ${MNIST}`);

const { path: cwd, remove } = temporaryFolder();
afterAll(remove);

const train = (...words: string[]) => convasm(["train", "--data", MNIST, "--seed", "1", "--json", ...words], { cwd });

describe.skipIf(isMissing)("train on MNIST", () => {
  it("reaches 98.8 % in three epochs, and eval agrees to the digit", async () => {
    const trained = await train("--epochs", "3", "--out", "three");
    expect(trained.stderr).toBe("");
    expect(trained.json().map(({ event }) => event)).toEqual(["start", "epoch", "epoch", "epoch", "done"]);
    const done = trained.event("done");
    expect(done.testImages).toBe(10_000);
    expect(done.testAccuracy).toBeGreaterThanOrEqual(0.988);
    const evaluated = await convasm(["eval", String(done.model), "--data", MNIST, "--json"], { cwd });
    const { testAccuracy, testLoss, weightsSha256 } = done;
    expect(evaluated.event("done")).toMatchObject({ testAccuracy, testLoss, weightsSha256 });
  });

  it("learns the same curve in plain JavaScript", async () => {
    const curve = async (engine: string) => {
      const words = ["--epochs", "2", "--lr", "0.02", "--limit", "4000", "--validation", "1000"];
      const result = await train(...words, "--engine", engine);
      expect(result.event("start").engine).toBe(engine);
      return result.json().filter(({ event }) => event === "epoch");
    };
    const [js, simd] = [await curve("js"), await curve("simd")];
    for (const [i, epoch] of js.entries()) {
      // Sums in another order differ in the last bits, and training spreads that: at a low rate only a little.
      expect(Number(epoch.trainLoss)).toBeCloseTo(Number(simd[i].trainLoss), 3);
      expect(Number(epoch.valLoss)).toBeCloseTo(Number(simd[i].valLoss), 2);
      expect(Number(epoch.valAccuracy)).toBeCloseTo(Number(simd[i].valAccuracy), 2);
      expect(epoch.lr).toBe(simd[i].lr);
    }
  });

  it("ends a full run that was interrupted with the same weights", async () => {
    const words = ["--epochs", "1", "--engine", "simd"];
    const whole = await train(...words, "--out", "whole");
    const cut = await convasm(["train", "--data", MNIST, "--seed", "1", "--json", ...words, "--out", "cut"], {
      cwd,
      // The first line comes when the training begins.
      onOutput: interruptAt("{", 300),
    });
    expect(cut.code).toBe(130);
    const resumed = await convasm(["train", "--resume", "cut", "--json"], { cwd });
    expect(resumed.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
  });
});
