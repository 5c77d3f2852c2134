// Runs that belong together: several seeds of one experiment, and runs from the weights of another.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasmHere, type InProcessOptions } from "./in-process.ts";
import { type Result, temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const here = (...names: string[]) => join(cwd, ...names);
const convasm = (words: readonly string[], onOutput?: InProcessOptions["onOutput"]) =>
  convasmHere(words, { cwd, ...(onOutput && { onOutput }) });

/** Presses Ctrl-C after so many epochs. */
function cutAfter(epochs: number): InProcessOptions["onOutput"] {
  let seen = 0;
  return (text, interrupt) => {
    if (text.includes('"event":"epoch"') && ++seen === epochs) interrupt();
  };
}

/** The words of the command lines for the program that stand in a text. */
function commandsIn({ stderr }: Result): string[][] {
  const lines = stderr.matchAll(/\S+ ((?:train|runs compare) [^;]+?)(?= tells|;|\n)/g);
  return [...lines].map(([, line]) => line.split(" "));
}

let settings: string[] = [];

beforeAll(async () => {
  writeClasses(here("pets", "train"), { cat: 16, dog: 16, hen: 16 });
  writeClasses(here("pets", "test"), { cat: 6, dog: 6, hen: 6 }, { seed: 2 });
  writeClasses(here("more", "train"), { cat: 12, dog: 12, hen: 12, owl: 12 }, { side: 16 });
  writeClasses(here("more", "test"), { cat: 3, dog: 3, hen: 3, owl: 3 }, { side: 16, seed: 2 });
  settings = smallTraining(cwd);
  expect((await convasm(["train", "pets", ...settings, "--epochs", "6", "--out", "runs/pets"])).code).toBe(0);
});
afterAll(remove);

describe("train --seeds", () => {
  const words = (...more: string[]) => ["train", "pets", ...settings, "--validation", "9", "--json", ...more];

  it("runs one after another, each as by itself, and tells mean and deviation", async () => {
    const result = await convasm(words("--epochs", "2", "--seeds", "2", "--seed", "3", "--out", "runs/two"));
    expect([result.code, result.stderr]).toEqual([0, ""]);
    const all = (kind: string) => result.json().filter(({ event }) => event === kind);
    expect(all("start").map(({ seed, out }) => [seed, out])).toEqual([
      [3, "runs/two-seed3"],
      [4, "runs/two-seed4"],
    ]);
    const [first, second] = all("done").map(({ testLoss }) => Number(testLoss));
    expect(first).not.toBe(second);
    const summary = JSON.parse(JSON.stringify(result.event("seeds")));
    expect(summary).toMatchObject({ seeds: [3, 4], runs: ["runs/two-seed3", "runs/two-seed4"] });
    expect(summary.testLoss.mean).toBeCloseTo((first + second) / 2, 12);
    expect(summary.testLoss.deviation).toBeCloseTo(Math.abs(first - second) / Math.SQRT2, 12);
    expect(Object.keys(summary)).toEqual(expect.arrayContaining(["valLoss", "valAccuracy", "testAccuracy", "seconds"]));
    const alone = await convasm(words("--epochs", "2", "--seed", "4", "--out", "runs/alone"));
    expect(alone.event("done").weightsSha256).toBe(all("done")[1].weightsSha256);
  });

  it("prints a line for each, and the mean", async () => {
    const { stdout } = await convasm([
      "train",
      "pets",
      ...settings,
      "--epochs",
      "1",
      "--seeds",
      "10,2",
      "--out",
      "lines",
    ]);
    const lines = stdout.trimEnd().split("\n");
    expect(lines.filter((line) => /^(Data|Network|Training|Seeds) /.test(line))).toHaveLength(4);
    expect(lines).toContainEqual(
      expect.stringMatching(/^seed 10 {2}test accuracy \S+ %, loss \S+ {2}\S+ s {2}lines-seed10$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^seed {2}2 {2}test accuracy .* lines-seed2$/));
    expect(lines).toContainEqual(
      expect.stringMatching(/^Mean of 2 seeds: test accuracy \S+ % ± \S+ %, loss \S+ ± \S+$/),
    );
    expect(lines.at(-1)).toMatch(/^Next +\S+.* runs compare lines-seed --svg curves\.svg$/);
  });

  it("is interrupted with what is finished in place, and says how to go on", async () => {
    const cut = await convasm(words("--epochs", "3", "--seeds=4,5,6", "--out", "runs/cut"), cutAfter(4));
    expect(cut.code).toBe(130);
    expect(cut.event("seeds")).toMatchObject({ seeds: [4], runs: ["runs/cut-seed4"] });
    expect(existsSync(here("runs", "cut-seed5", "checkpoint.safetensors"))).toBe(true);
    expect(existsSync(here("runs", "cut-seed6"))).toBe(false);
    expect(cut.stderr).toMatch(/^convasm: seed 5: interrupted in epoch 2 of 3, .*; nothing is lost, go on with: .*\n$/);
    const [resume, others, compare] = commandsIn(cut);
    expect(resume).toEqual(["train", "--resume", "runs/cut-seed5"]);
    expect(others.slice(-4)).toEqual(["--seeds", "6,", "--out", "runs/cut"]);
    for (const command of [resume, others]) expect((await convasm(command)).code).toBe(0);
    const compared = await convasm([...compare, "--json"]);
    expect(compared.json().map(({ event, name }) => name ?? event)).toEqual([
      "cut-seed4",
      "cut-seed5",
      "cut-seed6",
      "means",
    ]);
    expect(compared.event("means")).toMatchObject({ runs: 3, testLoss: { mean: expect.any(Number) } });
  });

  it.each<[words: string[], message: RegExp]>([
    [["--seeds", "0"], /--seeds.*Expected a number of seeds up to 1000, or a list such as 1,2,7/],
    [["--seeds", "1,1"], /--seeds.*Expected a number of seeds/],
    [["--seeds", "1,2", "--seed", "3"], /expected --seeds with a list, or --seed, got both/],
    [["--seeds", "2", "--lr", "3e38", "--optimizer", "sgd", "--out", "bad"], /^convasm: seed 0: /],
  ])("refuses %j", async (more, message) => {
    const { code, stderr } = await convasm(words(...more));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(here("bad-seed0"))).toBe(false);
  });
});

describe("train --from", () => {
  const train = (...words: string[]) => ["train", ...words, "--engine", "simd", "--threads", "1", "--json"];
  const hashOf = async (model: string) => (await convasm(["inspect", model, "--json"])).event("model").weightsSha256;

  it("starts with the weights of a run on data of the same classes", async () => {
    const words = ["pets", "--from", "runs/pets", "--epochs", "1", "--optimizer", "sgd", "--lr", "1e-30"];
    const result = await convasm(train(...words, "--out", "same"));
    expect([result.code, result.stderr]).toEqual([0, ""]);
    expect(result.event("start")).toMatchObject({ network: "small.json", isRecipe: false, from: "pets" });
    expect(result.event("done").weightsSha256).toBe(await hashOf("runs/pets"));
    // An optimizer of its own, not that of the file.
    const usual = await convasm(train("pets", "--from", "runs/pets", "--epochs", "1", "--out", "usual"));
    expect(usual.event("start")).toMatchObject({ optimizer: { type: "adam", learningRate: 0.001 }, batchSize: 48 });
  });

  it("has a new head for other classes, at the model's size, and resumes to the same weights", async () => {
    const words = train("more", "--from", "runs/pets", "--epochs", "4", "--batch-size", "8", "--seed", "3");
    const whole = await convasm([...words, "--out", "whole"]);
    expect(whole.stderr).toMatch(
      /^the model has other classes: dense begins with fresh weights, for 4 classes: "cat", "dog", "hen", "owl"\n$/m,
    );
    expect(whole.event("start").data).toMatchObject({ shape: [8, 8, 1], classes: 4, testImages: 12 });
    const cut = await convasm([...words, "--out", "part"], cutAfter(2));
    expect(cut.code).toBe(130);
    const resumed = await convasm(["train", "--resume", "part", "--json"]);
    expect(resumed.stderr).toBe("");
    expect(resumed.event("done")).toMatchObject({
      weightsSha256: whole.event("done").weightsSha256,
      from: "pets",
      testImages: 12,
    });
    expect((await convasm(["eval", "whole", "--json"])).event("done").testLoss).toBe(whole.event("done").testLoss);
    const settings = JSON.parse(readFileSync(here("whole", "settings.json"), "utf8"));
    expect(settings.model.layers.at(-1)).toMatchObject({ type: "dense", units: 4 });
  });

  it("trains all layers but those that --freeze names", async () => {
    const frozen = await convasm(train("pets", "--from", "runs/pets", "--epochs", "1", "--freeze", "dense"));
    expect(frozen.stderr).toMatch(/all of them frozen/);
  });

  it.each<[words: string[], message: RegExp]>([
    [
      ["pets", "--from", "runs/pets", "--model", "conv8"],
      /^convasm: --from: expected its own network, got another by --model\n$/,
    ],
    [["digits", "--limit", "50", "--from", "runs/pets"], /^convasm: train: expected .*8.*got .*28/],
    [["pets", "--from", "nothing"], /^convasm: cannot read "nothing": no such file or folder\n$/],
    [["pets", "--from", "pets"], /^convasm: /],
    [
      ["--resume", "runs/pets", "--from", "runs/pets"],
      /^convasm: --resume: expected no other settings than the checkpoint's, got --from\n$/,
    ],
  ])("refuses %j", async (words, message) => {
    const { code, stderr } = await convasm(train(...words, "--out", "refused"));
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
    expect(existsSync(here("refused"))).toBe(false);
  });
});
