import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadIdxFolder } from "../../src/node/mnist.ts";
import { weightsSha256 } from "../../src/node/weights-hash.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { NOTEBOOKS, RECIPES } from "../../src/recipes/index.ts";
import { runRecipe } from "../../src/recipes/run.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";
import { writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(() => {
  writeSmallData(join(cwd, "small"), 300, 60);
});
afterAll(remove);

const run = (...words: string[]) => convasmHere(words, { cwd });

/** The one remark on runs that are cut short. */
const TOO_FEW_STEPS =
  /^(a loss of \S+ is far above the 2\.30 of guessing among 10 classes: \d steps? w(as|ere) too few, .*\n)?$/;

describe("recipes", () => {
  it("are listed, a line each", async () => {
    const { stdout, code } = await run("recipes");
    expect(code).toBe(0);
    for (const { name, description } of RECIPES) expect(stdout).toContain(`  ${name.padEnd(9)}  ${description}\n`);
    const lines = (await run("recipes", "--json")).json();
    expect(lines.map(({ name }) => name)).toEqual(RECIPES.map(({ name }) => name));
  });

  it.each(RECIPES.map(({ name }) => name))("%s is shown on a screen", async (name) => {
    const { stdout, stderr } = await run("recipes", "show", name);
    expect(stderr).toBe("");
    expect(stdout).toMatch(new RegExp(`^${name}: `));
    expect(stdout.split("\n").length).toBeLessThan(90);
    for (const word of ["Parameters:", "Data ", "Optimizer ", "Epochs ", "Batch size "]) expect(stdout).toContain(word);
  });

  it("are shown as files for train, to which networks and settings by their paths belong, too", async () => {
    const shown = async (file: string, ...words: string[]) => {
      const { stdout, stderr } = await run("recipes", "show", ...words, "--json");
      expect(stderr).toBe("");
      expect(stdout.split("\n").every((line) => line.length <= 130)).toBe(true);
      writeFileSync(join(cwd, file), stdout);
      return JSON.parse(stdout);
    };
    const train = async (...words: string[]) => {
      const same = ["--limit", "60", "--epochs", "1", "--engine", "simd", "--json"];
      const result = await run("train", "small", ...words, ...same);
      expect(result.stderr).toBe("");
      return { start: result.event("start"), sha256: result.event("done").weightsSha256 };
    };
    expect(await shown("conv5.json", "conv5")).toMatchObject({
      name: "conv5",
      batchSize: 1,
      split: { train: [0, 3500] },
    });
    const changes = ["--set", "conv2d.filters=3", "--set", "optimizer.learningRate=0.02,layers.2.useBias=false"];
    expect((await shown("other.json", "conv5.json", ...changes)).layers[0]).toMatchObject({ filters: 3 });
    await shown("lenet5.json", "--model", "lenet5");
    expect((await shown("resnet.json", "resnet18", "--shape", "32x32x3")).layers[0].kernelSize).toBe(3);

    const [built, file] = [await train("--recipe", "conv5"), await train("--recipe", "conv5.json")];
    expect(file.sha256).toBe(built.sha256);
    expect(file.start).toMatchObject({ network: "conv5.json", isRecipe: true, set: null });
    const [set, other] = [await train("--recipe", "conv5", ...changes), await train("--recipe", "other.json")];
    expect(other.sha256).toBe(set.sha256);
    expect(set.sha256).not.toBe(built.sha256);
    const wanted = { "conv2d.filters": 3, "optimizer.learningRate": 0.02, "layers.2.useBias": false };
    expect(set.start).toMatchObject({ set: wanted, optimizer: { learningRate: 0.02 } });
    expect((await train("--model", "lenet5.json")).sha256).toBe((await train("--model", "lenet5")).sha256);
  });

  it("say which one was probably meant", async () => {
    const { code, stderr } = await run("recipes", "show", "stridet");
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^convasm: recipes: expected a \.json file or one of speed99, .*; did you mean strided\?\n$/,
    );
  });
});

describe("train --recipe", () => {
  it("gives the weights that the library gives, and eval the figures of the run", async () => {
    const words = ["--recipe", "conv5", "--epochs", "2", "--seed", "4", "--engine", "simd", "--out", "conv5"];
    const result = await run("train", "small", ...words, "--json");
    expect(result.stderr).toBe("");
    expect(result.event("start")).toMatchObject({
      network: "conv5",
      isRecipe: true,
      batchSize: 1,
      sampling: "replacement",
      stepsPerEpoch: 300,
      data: { trainImages: 300, testImages: 60, trainRange: [0, 3500] },
    });
    const { train, test } = await loadIdxFolder(join(cwd, "small"));
    const recipe = NOTEBOOKS.find(({ name }) => name === "conv5");
    if (recipe === undefined) throw new Error("no conv5");
    const same = await runRecipe({ ...recipe, epochs: 2 }, { train, test }, { seed: 4, engine: "simd" });
    expect(result.event("done").weightsSha256).toBe(weightsSha256(same.model));
    expect(result.event("done").testAccuracy).toBe(same.test?.accuracy);
  });

  it("keeps reports, predicts as the recipe says, and eval agrees", async () => {
    const words = ["--recipe", "best", "--epochs", "1", "--limit", "160", "--batch-size", "20", "--engine", "simd"];
    const more = ["--average-every", "4", "--validation", "40", "--evaluate", "validation:every=3,images=10"];
    const result = await run("train", "small", ...words, ...more, "--json", "--out", "best");
    expect(result.stderr).toMatch(TOO_FEW_STEPS);
    expect(result.event("done").diverged).toBe(true);
    expect(result.json().map(({ event }) => event)).toEqual([
      ...["start", "evaluation", "average", "evaluation", "epoch", "done"],
    ]);
    const rows = readFileSync(join(cwd, "best", "reports.csv"), "utf8")
      .trimEnd()
      .split("\n");
    expect(rows.map((row) => row.split(",").slice(0, 4).join())).toEqual([
      "report,epoch,step,images",
      "validation,1,3,10",
      "last 4 steps,1,4,80",
      "validation,1,6,10",
    ]);
    const { testAccuracy, testLoss } = result.event("done");
    expect((await run("eval", "best", "small", "--json")).event("done")).toMatchObject({ testAccuracy, testLoss });
    const plain = await run("train", "small", ...words, "--no-test-time", "--json");
    expect(plain.event("start").prediction).toEqual({});
    expect(plain.event("done").weightsSha256).not.toBe(undefined);
  });

  it("can be interrupted and resumed with averages, reports and draws", async () => {
    const words = ["train", "small", "--recipe", "conv5", "--epochs", "6", "--engine", "simd", "--json"];
    const more = ["--averaging", "ema:decay=0.9", "--average-every", "50", "--validation", "test"];
    const whole = await run(...words, ...more, "--out", "whole");
    const cut = await convasmHere([...words, ...more, "--out", "cut"], {
      cwd,
      onOutput: (text, interrupt) => text.includes('"event":"epoch"') && interrupt(),
    });
    expect(cut.code).toBe(130);
    expect(existsSync(join(cwd, "cut", "checkpoint.safetensors"))).toBe(true);
    const resumed = await run("train", "--resume", "cut", "--json");
    expect(resumed.stderr).toBe("");
    expect(resumed.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
    const reports = (folder: string) => readFileSync(join(cwd, folder, "reports.csv"), "utf8");
    expect(reports("cut")).toBe(reports("whole"));
  });

  it("takes other settings, numbers and networks in their place", async () => {
    const start = async (...words: string[]) => {
      const result = await run("train", "small", "--recipe", "conv5", "--epochs", "1", "--json", ...words);
      expect(result.stderr).toBe("");
      return result.event("start");
    };
    expect(await start("--set", "filters=2,kernelSize=3", "--train-range", "10:20")).toMatchObject({
      parameters: 9 * 2 + 26 * 26 * 2 * 10 + 10,
      data: { trainImages: 10 },
    });
    expect(
      await start("--model", "conv8", "--sampling", "shuffle", "--batch-size", "all", "--no-train-range"),
    ).toMatchObject({
      network: "conv8-conv5",
      batchSize: 300,
      stepsPerEpoch: 1,
      sampling: "shuffle",
      optimizer: { type: "sgd", learningRate: 0.01 },
      data: { trainRange: null },
    });
    expect(await start("--test-range", "train:100:150", "--averaging", "swa:startEpoch=0.5")).toMatchObject({
      data: { testImages: 50, testRange: { of: "train", range: [100, 150] } },
      averaging: { type: "swa", startEpoch: 0.5 },
    });
  });

  it.each([
    [["--recipe", "conv9"], /^convasm: --recipe: expected a \.json file or one of .*; did you mean conv8\?\n$/],
    [["--recipe", "keras"], /^convasm: --recipe: expected .*; keras is a network: --model keras\n$/],
    [["--recipe", "conv5", "--set", "filter=2"], /^convasm: --set: .*got "filter"; did you mean filters\?\n$/],
    [["--learning-rate", "0.1"], /^convasm: unknown option '--learning-rate'; here it is --lr\n$/],
    [
      ["--recipe", "conv8", "--set", "filters=2"],
      /^convasm: --set: expected .*layer \(conv2d, .*got "filters"; did you mean conv2d\.filters\?\n$/,
    ],
    [["--train-range", "5:5"], /^convasm: .*Expected the first image and the one after the last, such as 0:1000\.\n$/],
    [
      ["--train-range", "400:500"],
      /^convasm: data split: train: expected images within the 300 of train, got 400 to 499\n$/,
    ],
    [["--averaging", "mean"], /^convasm: averaging: expected one of ema, swa, got "mean"\n$/],
    [
      ["--evaluate", "test:every=5"],
      /^convasm: --evaluate: evaluations\[0\]: expected on to be one of training, validation/,
    ],
    [
      ["--evaluate", "validation:every=5"],
      /^convasm: fit: expected validation data for the evaluations on it, got none\n$/,
    ],
    [["--recipe", "conv8"], /^convasm: data split: test: expected images within the 300 of train, got 1000 to 1999\n$/],
  ])("refuses %j in one line", async (words, message) => {
    const { code, stderr, stdout } = await run("train", "small", ...words, "--epochs", "1");
    expect([code, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(message);
  });
});

describe("recipes report", () => {
  it("prints our figures beside those published, with means and spread over seeds", async () => {
    const { json, stderr, event } = await run(
      ...["recipes", "report", "conv5", "conv10", "--data", "small", "--epochs", "1", "--seeds", "2", "--json"],
    );
    expect(stderr).toBe("");
    expect(json().map((line) => [line.event, line.recipe])).toEqual([
      ["start", undefined],
      ["run", "conv5"],
      ["run", "conv5"],
      ["recipe", "conv5"],
      ["run", "conv10"],
      ["run", "conv10"],
      ["recipe", "conv10"],
    ]);
    const runs = json().filter((line) => line.event === "run" && line.recipe === "conv10");
    const [first, second] = runs.map(({ testAccuracy }) => Number(testAccuracy));
    const summary = JSON.parse(JSON.stringify(event("recipe")));
    expect(summary.testAccuracy.mean).toBeCloseTo((first + second) / 2, 12);
    expect(summary.testAccuracy.deviation).toBeCloseTo(Math.abs(first - second) / Math.SQRT2, 12);
    expect(summary.figures).toEqual([
      { figure: "testAccuracy", value: 0.8528, kind: "published", ours: summary.testAccuracy },
    ]);
    const { stdout } = await run("recipes", "report", "conv10", "--data", "small", "--epochs", "1", "--quiet");
    expect(stdout).toMatch(
      /^recipe +figure +published +ours +spread +images\/s +time +processor\nconv10 +test accuracy +85\.28 % +\S+ %/,
    );
  });

  it("prints what is done when it is interrupted", async () => {
    const words = ["recipes", "report", "conv10", "conv5", "--data", "small", "--epochs", "80", "--json"];
    const result = await convasmHere(words, {
      cwd,
      onOutput: (text, interrupt) => text.includes('"event":"run"') && setTimeout(interrupt, 100),
    });
    expect(result.code).toBe(130);
    expect(result.event("recipe").recipe).toBe("conv10");
    expect(result.stderr).toBe("convasm: interrupted after 1 run of 2\n");
  });
});

describe("the stand-in for Fashion-MNIST", () => {
  it("trains as IDX files", async () => {
    const result = await run(
      "train",
      "small",
      "--recipe",
      "fashion",
      "--epochs",
      "1",
      "--limit",
      "64",
      "--batch-size",
      "16",
      "--json",
    );
    expect(result.stderr).toMatch(TOO_FEW_STEPS);
    expect(result.event("done").testImages).toBe(60);
  });
});

describe("the stand-in for CIFAR-10", () => {
  it("trains as binary files", async () => {
    mkdirSync(join(cwd, "cifar"));
    const stream = RandomStream.from(1, "colours");
    const write = (name: string, count: number, first: number) => {
      // A label, then the red, green and blue planes.
      const bytes = Uint8Array.from({ length: count * 3073 }, (_, i) =>
        i % 3073 === 0 ? (i / 3073) % 10 : stream.integer(first + i, 256),
      );
      writeFileSync(join(cwd, "cifar", name), bytes);
    };
    write("data_batch_1.bin", 20, 0);
    write("test_batch.bin", 10, 1e6);
    const words = ["--recipe", "cifar10", "--epochs", "1", "--batch-size", "10", "--averaging", "ema:decay=0.5"];
    const result = await run("train", "cifar", ...words, "--json");
    expect(result.stderr).toMatch(TOO_FEW_STEPS);
    expect(result.event("start").data).toMatchObject({ shape: [32, 32, 3], trainImages: 20, testImages: 10 });
    expect(result.event("done").testImages).toBe(10);
  });
});
