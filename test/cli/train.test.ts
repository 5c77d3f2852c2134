import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RECIPES } from "../../src/recipes/index.ts";
import { convasmHere } from "./in-process.ts";
import { convasm, temporaryFolder } from "./process.ts";
import { TEST_IMAGES, TEST_LABELS, writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(() => {
  writeSmallData(join(cwd, "small"), 500, 100);
});
afterAll(remove);

const run = (...words: string[]) => convasmHere(words, { cwd });
const runAsProcess = (...words: string[]) => convasm(words, { cwd });

describe("train --json", () => {
  it("prints one object per line, with the figures that were asked for", async () => {
    const result = await runAsProcess(
      "train",
      "small",
      "--json",
      "--epochs",
      "2",
      "--validation",
      "100",
      "--seed",
      "5",
      "--batch-size",
      "10",
      "--lr",
      "0.02",
      "--threads",
      "2",
      "--metrics",
      "f1,top3",
    );
    expect(result.stderr).toBe("");
    expect(result.code).toBe(0);
    const lines = result.json();
    expect(lines.map(({ event }) => event)).toEqual(["start", "epoch", "epoch", "done"]);
    expect(lines[0]).toMatchObject({
      network: RECIPES[0].name,
      seed: 5,
      epochs: 2,
      threads: 2,
      loss: { type: "softmaxCrossEntropy" },
    });
    expect(lines[0].data).toMatchObject({
      source: "folder",
      trainImages: 400,
      validationImages: 100,
      testImages: 100,
      classes: 10,
    });
    expect(["js", "simd", "relaxed"]).toContain(lines[0].engine);
    for (const [i, line] of lines.slice(1, 3).entries()) {
      expect(line.epoch).toBe(i + 1);
      for (const key of ["trainLoss", "trainAccuracy", "valLoss", "valAccuracy", "lr", "imagesPerSecond", "seconds"]) {
        expect(line[key], key).toEqual(expect.any(Number));
      }
    }
    const names = ["f1", "top3"];
    expect(Object.keys(Object(lines[2].trainMetrics))).toEqual(names);
    expect(Object.keys(Object(lines[2].valMetrics))).toEqual(names);
    const [header] = readFileSync(join(cwd, String(lines[0].out), "history.csv"), "utf8").split("\n");
    expect(header).toMatch(/,seconds,trainF1,trainTop3,valF1,valTop3$/);
    const done = lines[3];
    expect(done).toMatchObject({ testImages: 100, weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(done.testAccuracy).toBeGreaterThan(0.5);
    expect(Number(done.seconds)).toBeGreaterThan(Number(done.trainSeconds));
    expect(existsSync(join(cwd, String(done.model)))).toBe(true);

    const evaluated = await run("eval", String(done.model), "small", "--json");
    const again = evaluated.json().at(-1);
    // A run has all the facts of a test, and more.
    expect(Object.keys(done)).toEqual(expect.arrayContaining(Object.keys(again ?? {})));
    const { testAccuracy, testLoss, weightsSha256, model } = done;
    expect(again).toMatchObject({ event: "done", testAccuracy, testLoss, weightsSha256, model, testImages: 100 });
  });

  it("gives the same weights for the same seed and others for another", async () => {
    const hash = async (seed: string) => {
      const result = await run("train", "small", "--json", "--epochs", "1", "--engine", "simd", "--seed", seed);
      return result.event("done").weightsSha256;
    };
    const first = await hash("1");
    expect(await hash("1")).toBe(first);
    expect(await hash("2")).not.toBe(first);
  });

  it("leaves validation figures null where nothing is held out", async () => {
    const result = await run("train", "small", "--json", "--epochs", "1", "--limit", "64");
    expect(result.event("start").data).toMatchObject({ trainImages: 64, validationImages: 0 });
    expect(result.event("epoch")).toMatchObject({ valLoss: null, valAccuracy: null });
  });
});

describe("the run folder", () => {
  it("holds settings, history, curves, confusion matrix, the best and the last model", async () => {
    const words = ["--epochs", "3", "--validation", "0.2", "--out", "run", "--model", "conv8", "--augment", "shift=1"];
    // So high a learning rate spoils what the first epoch has learnt.
    const result = await run("train", "small", ...words, "--lr", "0.6");
    expect(result.stderr).toBe("");
    expect(readdirSync(join(cwd, "run")).sort()).toEqual([
      "confusion.svg",
      "curves.svg",
      "finished.safetensors",
      "history.csv",
      "metrics.json",
      "model-last.safetensors",
      "model.safetensors",
      "settings.json",
    ]);
    const read = (name: string) => readFileSync(join(cwd, "run", name), "utf8");
    expect(JSON.parse(read("settings.json"))).toMatchObject({ network: "conv8", augment: { shift: 1 }, epochs: 3 });
    expect(read("history.csv").trimEnd().split("\n")).toHaveLength(4);
    expect(read("curves.svg")).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    expect(read("confusion.svg")).toMatch(/^<svg[\s\S]*<\/svg>\s*$/);
    const metrics = JSON.parse(read("metrics.json"));
    expect(metrics.classes).toHaveLength(10);
    expect(metrics.confusion.flat().reduce((sum: number, n: number) => sum + n, 0)).toBe(100);
    expect(result.stdout).toContain(`${(100 * metrics.testAccuracy).toFixed(2)} %`);

    const losses = read("history.csv").trimEnd().split("\n").slice(1);
    const validated = losses.map((row) => Number(row.split(",")[3]));
    const best = validated.indexOf(Math.min(...validated)) + 1;
    expect(best).toBeLessThan(3);
    expect(metrics).toMatchObject({ on: "test", choseEpoch: false, epochs: 3, bestEpoch: best });
    expect(metrics.valLoss).toBeCloseTo(validated[best - 1], 5);
    expect(result.stdout).toContain(`Epoch ${best} of 3 is the best by validation loss: val loss`);
    expect(read("curves.svg")).toContain(`best: epoch ${best}`);
    const evaluated = async (file: string) => (await run("eval", join("run", file), "small", "--json")).event("done");
    expect(await evaluated("model.safetensors")).toMatchObject({ testLoss: metrics.testLoss });
    expect((await evaluated("model-last.safetensors")).testLoss).not.toBe(metrics.testLoss);
  });

  it("ends with the last weights where that is asked for, and says what the figures are of", async () => {
    writeSmallData(join(cwd, "untested"), 100, 1);
    for (const name of [TEST_IMAGES, TEST_LABELS]) rmSync(join(cwd, "untested", name));
    const words = ["train", "untested", "--epochs", "2", "--validation", "20", "--model", "conv8", "--out", "last"];
    const result = await run(...words, "--no-restore-best-weights");
    expect(result.stderr).toBe("");
    expect(result.stdout).toMatch(/^Validation accuracy \S+ % \(\d+ of 20 images\), loss \S+$/m);
    expect(readdirSync(join(cwd, "last"))).toEqual(expect.arrayContaining(["model-best.safetensors"]));
    expect(readdirSync(join(cwd, "last"))).not.toContain("model-last.safetensors");
    const metrics = JSON.parse(readFileSync(join(cwd, "last", "metrics.json"), "utf8"));
    expect(metrics).toMatchObject({ on: "validation", bestEpoch: null, testAccuracy: null, valImages: 20 });
    const best = await run(...words, "--quiet", "--overwrite");
    expect(best.stdout).toMatch(
      /^Validation accuracy .* of 20 images\), loss \S+; these images also chose the epoch\n$/,
    );
  });

  it("is not taken over by another run unless that is asked for", async () => {
    const words = ["train", "small", "--limit", "50", "--epochs", "1", "--out", "kept"];
    expect((await run(...words)).code).toBe(0);
    const before = readFileSync(join(cwd, "kept", "model.safetensors"));
    const refused = await run(...words, "--seed", "9");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^convasm: --out "kept": expected a folder without a run.*\n$/);
    expect(readFileSync(join(cwd, "kept", "model.safetensors")).equals(before)).toBe(true);
    expect((await run(...words, "--seed", "9", "--overwrite")).code).toBe(0);
    expect(readFileSync(join(cwd, "kept", "model.safetensors")).equals(before)).toBe(false);
  });
});

describe("train for people", () => {
  it("prints plain lines where there is no terminal, and commands that work", async () => {
    const result = await runAsProcess("train", "small", "--epochs", "2", "--out", "plain run", "--limit", "200");
    expect(result.stdout).not.toContain("\u001b");
    expect(result.stdout).not.toContain("\r");
    expect(result.stdout.match(/^epoch \d\/2 {2}loss \d/gm)).toHaveLength(2);
    const figure = /Test accuracy (\S+ %)/.exec(result.stdout)?.[1];
    const command = /Next\s+node (.*)/.exec(result.stdout)?.[1] ?? "";
    expect(command).toContain("'plain run'");
    const evaluated = await convasm([], { cwd, command: ["sh", "-c", `"${process.execPath}" ${command}`] });
    expect(evaluated.stdout).toContain(`Test accuracy ${figure}`);
  });

  it("prints only the result with --quiet", async () => {
    const result = await run("train", "small", "--limit", "50", "--epochs", "1", "--quiet");
    expect(result.stdout).toMatch(/^Test accuracy \S+ % \(\d+ of 100 images\), loss \S+\n$/);
    expect(result.stderr).toBe("");
  });

  it("uses generated digits, and says why, where MNIST cannot be had", async () => {
    const result = await run("train", "--limit", "300", "--epochs", "1", "--model", "conv8");
    expect(result.code).toBe(0);
    expect(result.stderr).toMatch(/^MNIST is not on this machine: .*; using generated digits instead\n$/);
    expect(result.stdout).toContain("of 10,000 images");
    const explicit = await run("train", "mnist");
    expect(explicit.code).toBe(2);
    expect(explicit.stderr).toMatch(/^convasm: mnist: cannot be downloaded \(.*\)\n$/);
  });

  it("finds MNIST's files in $CONVASM_DATA, and in --data", async () => {
    writeSmallData(join(cwd, "data", "mnist"), 100, 50);
    const words = ["train", "--epochs", "1", "--quiet"];
    const byVariable = await convasmHere(words, { cwd, env: { CONVASM_DATA: join(cwd, "data") } });
    expect(byVariable.stdout).toContain("of 50 images");
    for (const folder of ["data", "data/mnist"]) {
      expect((await run(...words, "--data", folder)).stdout).toBe(byVariable.stdout);
    }
  });
});

describe("settings", () => {
  const startOf = async (...words: string[]) => {
    const result = await run("train", "small", "--limit", "32", "--epochs", "3", "--json", ...words);
    return result.event("start");
  };

  it("come from the options, then from the network", async () => {
    const words = [
      "--optimizer",
      "adam:beta1=0.8",
      "--lr",
      "0.01",
      "--weight-decay",
      "0.1",
      "--schedule",
      "exponential",
    ];
    const start = await startOf(...words, "--label-smoothing", "0.1", "--batch-size", "8", "--engine", "js");
    expect(start).toMatchObject({
      optimizer: { type: "adam", beta1: 0.8, learningRate: 0.01, weightDecay: 0.1 },
      loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1 },
      batchSize: 8,
      stepsPerEpoch: 4,
      engine: "js",
      augment: RECIPES[0].augment,
    });
    const smoothed = { loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.2 } };
    expect(await startOf("--loss", "softmaxcrossentropy:labelSmoothing=0.2")).toMatchObject(smoothed);
    const { decay } = JSON.parse(JSON.stringify(start.schedule));
    expect(decay ** 3).toBeCloseTo(0.01, 10);
    expect(await startOf("--momentum", "0.5")).toMatchObject({
      optimizer: { type: "sgd", momentum: 0.5 },
      augment: RECIPES[0].augment,
    });
    expect(await startOf("--optimizer", "sgd:momentum=0.8,dampening=0.25,nesterov=false")).toMatchObject({
      optimizer: { type: "sgd", momentum: 0.8, dampening: 0.25 },
    });
    expect(await startOf("--augment")).toMatchObject({ augment: { shift: 2, rotate: 10, scale: 0.1 } });
    expect(await startOf("--schedule", "step:milestones=1/2,factor=0.5")).toMatchObject({
      schedule: { type: "step", milestones: [1, 2], factor: 0.5 },
    });
  });

  it("and layers come from a JSON file", async () => {
    const network = {
      layers: [
        { type: "conv2d", filters: 4, kernelSize: 5, strides: 3, activation: "relu" },
        { type: "flatten" },
        { type: "dense", units: 10 },
      ],
      optimizer: { type: "rmsprop", learningRate: 0.002 },
      batchSize: 16,
    };
    writeFileSync(join(cwd, "network.json"), JSON.stringify(network));
    const start = await startOf("--model", "network.json");
    expect(start).toMatchObject({
      network: "network.json",
      batchSize: 16,
      optimizer: { type: "rmsprop", learningRate: 0.002 },
    });
    expect(start.parameters).toBe(5 * 5 * 4 + 4 + 8 * 8 * 4 * 10 + 10);
    writeFileSync(join(cwd, "layers.json"), JSON.stringify(network.layers));
    expect((await startOf("--model", "layers.json")).parameters).toBe(start.parameters);
  });
});
