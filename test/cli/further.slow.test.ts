// Resume beyond what a run was told at first: more epochs, and data that was moved.

import { existsSync, readFileSync, renameSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createContext } from "../../src/cli/context.ts";
import { restoreData } from "../../src/cli/training-data.ts";
import { readRunSettings } from "../../src/recipes/run-settings.ts";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasm, temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasm(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);
const settingsOf = (folder: string) => JSON.parse(readFileSync(here(folder, "settings.json"), "utf8"));

beforeAll(() => {
  writeClasses(here("pets", "train"), { cat: 20, dog: 20, hen: 20 });
  writeClasses(here("pets", "test"), { cat: 6, dog: 6, hen: 6 }, { seed: 2 });
});
afterAll(remove);

/** History without times. */
const history = (folder: string) =>
  readFileSync(here(folder, "history.csv"), "utf8")
    .split("\n")
    .map((row) => row.split(",").slice(0, 5).join());

describe("a finished run", () => {
  it.each<[what: string, words: string[]]>([
    ["plain", []],
    ["averaged", ["--averaging", "ema:decay=0.9", "--validation", "9"]],
    [
      "in steps",
      ["--schedule", "step:stepEpochs=2", "--augment", "shift=1", "--early-stopping", "50", "--validation", "9"],
    ],
  ])("is trained further as if it had been one run: %s", async (what, words) => {
    const training = ["train", "pets", ...smallTraining(cwd), ...words, "--json"];
    const whole = await run(...training, "--epochs", "5", "--out", `${what} whole`);
    const first = await run(...training, "--epochs", "2", "--out", what);
    expect(first.event("done").weightsSha256).not.toBe(whole.event("done").weightsSha256);
    expect(existsSync(here(what, "checkpoint.safetensors"))).toBe(false);
    const second = await run("train", "--resume", what, "--epochs", "4", "--json");
    expect(second.stderr).toBe("");
    expect(second.event("done").testImages).toBe(18);
    const third = await run("train", "--resume", what, "--epochs", "5", "--json");
    expect(third.event("done")).toMatchObject({
      weightsSha256: whole.event("done").weightsSha256,
      testLoss: whole.event("done").testLoss,
    });
    expect(history(what)).toEqual(history(`${what} whole`));
    expect(settingsOf(what).epochs).toBe(5);
    expect((await run("eval", what, "--json")).event("done").testLoss).toBe(whole.event("done").testLoss);
  });

  it("says what it needs, and what becomes of a schedule over all epochs", async () => {
    const training = ["train", "pets", ...smallTraining(cwd), "--epochs", "2"];
    await run(...training, "--schedule", "cosine", "--out", "cosine");
    const bare = await run("train", "--resume", "cosine");
    expect(bare.code).toBe(2);
    expect(bare.stderr).toMatch(/got one of a finished run; --epochs trains it further\n$/);
    const few = await run("train", "--resume", "cosine", "--epochs", "2");
    expect(few.code).toBe(2);
    expect(few.stderr).toBe("convasm: --epochs: expected more than the 2 that are done, got 2\n");
    const more = await run("train", "--resume", "cosine", "--epochs", "3");
    expect(more.code).toBe(0);
    expect(more.stderr).toBe("the schedule cosine spans all 3 epochs now, in place of 2\n");
    await run(
      ...training,
      "--epochs",
      "60",
      "--lr",
      "1e-9",
      "--validation",
      "9",
      "--early-stopping",
      "1",
      "--out",
      "early",
    );
    const early = await run("train", "--resume", "early", "--epochs", "90");
    expect(early.code).toBe(2);
    expect(early.stderr).toMatch(/expected a run to train further, got one that was stopped: /);
  });
});

describe("data that was moved", () => {
  it("is asked for with --data, which the run keeps in mind", async () => {
    writeClasses(here("old place", "train"), { cat: 8, dog: 8, hen: 8 });
    const training = ["train", "old place", ...smallTraining(cwd), "--epochs", "2", "--out", "moved"];
    expect((await run(...training)).code).toBe(0);
    renameSync(here("old place"), here("new place"));
    const lost = await run("train", "--resume", "moved", "--epochs", "3");
    expect(lost.code).toBe(2);
    expect(lost.stderr).toMatch(
      /^convasm: resume: expected the data that .* got none in ".*"; --data says where it is\n$/,
    );
    expect((await run("train", "--resume", "moved", "--epochs", "3", "--data", "new place")).code).toBe(0);
    expect(settingsOf("moved").data.folder).toBe(here("new place"));
    expect((await run("train", "--resume", "moved", "--epochs", "4")).code).toBe(0);
    const others = await run("train", "--resume", "moved", "--epochs", "5", "--data", "pets");
    expect(others.code).toBe(2);
    expect(others.stderr).toMatch(/got 60 others; --data says where they are\n$/);
  });

  it("of runs of before is divided up as it was then", async () => {
    const noted = {
      network: "n",
      isRecipe: false,
      epochs: 1,
      schedule: { type: "constant" },
      augment: null,
      earlyStopping: null,
      reduceOnPlateau: null,
      engine: "simd",
      data: { source: "folder", folder: here("pets"), limit: 50, validation: 9, sha256: null },
    };
    const { data } = readRunSettings(noted);
    const context = createContext({ quiet: true }, new AbortController().signal);
    const { train, validation } = await restoreData(data, undefined, {
      ...context,
      output: Object.assign(context.output, { remark() {} }),
    });
    expect([train.length, [...(validation?.labels ?? [])]]).toEqual([41, [...new Array(9).fill(2)]]);
  });
});

describe("a recipe for more steps than there are", () => {
  it.each<[words: string[], message: RegExp]>([
    [
      ["--recipe", "cifar10", "--epochs", "1"],
      /expected a start and a step within the 1 epochs, .*; --no-averaging trains without\n$/,
    ],
    [
      ["--recipe", "strided"],
      /expected fewer than the 60 images to train on, got 1000 for validation; --no-validation/,
    ],
  ])("says what to switch off, and leaves no folder: %j", async (words, message) => {
    const training = ["train", "pets", "--size", "32", "--channels", "3", ...words, "--out", "switched"];
    const refused = await run(...training);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(message);
    expect(existsSync(here("switched"))).toBe(false);
  });

  it("trains without that", async () => {
    const words = [
      "--model",
      "small.json",
      "--recipe",
      "cifar10",
      "--epochs",
      "1",
      "--no-averaging",
      "--out",
      "switched off",
    ];
    smallTraining(cwd);
    expect((await run("train", "pets", ...words)).stderr).toBe("");
  });
});
