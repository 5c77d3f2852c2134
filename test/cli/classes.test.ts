import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CLASS_NAMES_FILE } from "../../src/data/read/class-names.ts";
import { readData } from "../../src/data/read-data.ts";
import { loadIdxFolder } from "../../src/node/mnist.ts";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasmHere(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);

beforeAll(async () => {
  writeClasses(here("pets", "train"), { cat: 20, dog: 20, hen: 20 });
  writeClasses(here("pets", "test"), { cat: 6, dog: 6, hen: 6 }, { seed: 2 });
  const trained = await run("train", "pets", ...smallTraining(cwd), "--out", "run", "--json");
  expect(trained.event("done").testAccuracy).toBe(1);
});
afterAll(remove);

describe("eval takes classes by name", () => {
  it("where a folder has some of the model's only, and says so", async () => {
    writeClasses(here("two", "test"), { hen: 5, dog: 7 }, { seed: 3 });
    const result = await run("eval", "run", "two", "--json");
    expect(result.stderr).toBe('the images to test on have none of the class "cat"\n');
    expect(result.event("done")).toMatchObject({ testAccuracy: 1, testImages: 12 });
    const { classes } = result.event("figures");
    expect(classes).toMatchObject([
      { name: "cat", support: 0 },
      { name: "dog", support: 7, recall: 1 },
      { name: "hen", support: 5, recall: 1 },
    ]);
  });

  it("and refuses those that the model does not have, with both lists", async () => {
    writeClasses(here("strange", "test"), { cat: 2, owl: 2 });
    const result = await run("eval", "run", "strange");
    expect(result.code).toBe(2);
    expect(result.stderr).toBe(
      'convasm: evaluate: expected classes of the model ("cat", "dog", "hen"), got "owl" in test ("cat", "owl")\n',
    );
  });
});

/** Numbers of images of each class in a part, by the labels that its weights saw: those of `metrics.json`. */
const supports = (figures: Record<string, unknown>) =>
  JSON.parse(JSON.stringify(figures.classes)).map(({ support }: { support: number }) => support);

describe("--validation and --limit of a folder of pictures", () => {
  const words = () => ["train", "pets", ...smallTraining(cwd), "--json"];

  it("draw from each class, and say what a part lacks", async () => {
    const result = await run(...words(), "--limit", "30", "--validation", "6", "--out", "drawn");
    expect(result.stderr).toBe("");
    expect(result.event("start").data).toMatchObject({ trainImages: 24, validationImages: 6, draw: "classes" });
    // Six images of one class would be learned as the others are, and never be right at first.
    expect(result.event("epoch").valAccuracy).toBe(1);
    expect(result.event("done").testAccuracy).toBe(1);
    const few = await run(...words(), "--limit", "2", "--epochs", "1", "--out", "few");
    expect(few.stderr).toBe('the images to train on have none of the class "hen"\n');
    const held = await run(...words(), "--validation", "2", "--epochs", "1", "--out", "held");
    expect(held.stderr).toBe('the images held out for validation have none of the class "hen"\n');
  });

  it("draw the same on resume, by --split-seed", async () => {
    const draw = ["--limit", "30", "--validation", "6", "--split-seed", "5"];
    const whole = await run(...words(), ...draw, "--out", "whole");
    const half = await convasmHere([...words(), ...draw, "--epochs", "6", "--out", "half"], {
      cwd,
      onOutput: (text, interrupt) => text.includes('"event":"epoch"') && interrupt(),
    });
    expect(half.code).toBe(130);
    const done = await run("train", "--resume", "half", "--json");
    expect(done.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
    const other = await run(...words(), "--limit", "30", "--validation", "6", "--out", "other");
    expect(other.event("done").weightsSha256).not.toBe(whole.event("done").weightsSha256);
  });

  it("of eval draws, too", async () => {
    const result = await run("eval", "run", "pets", "--limit", "6", "--json");
    expect(supports(result.event("figures"))).toEqual([2, 2, 2]);
  });
});

describe("names of classes", () => {
  it("are kept by data --out, and found by everything that reads IDX files", async () => {
    await run("data", "pets", "--out", "idx");
    expect(JSON.parse(readFileSync(here("idx", CLASS_NAMES_FILE), "utf8"))).toEqual(["cat", "dog", "hen"]);
    const described = await run("data", "inspect", "idx", "--json");
    expect(described.stderr).toBe("");
    expect(described.event("data").classNames).toEqual(["cat", "dog", "hen"]);
    const { train, test } = await loadIdxFolder(here("idx"));
    expect([train.classNames, test?.classNames]).toEqual([train.classNames, ["cat", "dog", "hen"]]);
    const files = readdirSync(here("idx")).map((name) => ({
      name,
      bytes: new Uint8Array(readFileSync(here("idx", name))),
    }));
    expect((await readData(files)).train?.classNames).toEqual(["cat", "dog", "hen"]);
    // Sorted by class as the pictures were: each class gives its share.
    const trained = await run("train", "idx", ...smallTraining(cwd), "--validation", "6", "--out", "run-idx", "--json");
    expect(trained.event("start").data).toMatchObject({ draw: "classes" });
    const evaluated = await run("eval", "run-idx", "two", "--json");
    expect(evaluated.event("done")).toMatchObject({ testAccuracy: 1, testImages: 12 });
    await run("data", "two", "--out", "idx", "--overwrite");
    expect((await run("data", "inspect", "idx", "--json")).event("data")).toMatchObject({
      trainImages: 0,
      testImages: 12,
    });
  });

  it.each(["{}", "[]", "[1, 2]", "no JSON", "\u00ff"])("that are %j are refused", async (text) => {
    await run("data", "pets", "--out", "wrong", "--overwrite");
    writeFileSync(here("wrong", CLASS_NAMES_FILE), Buffer.from(text, "latin1"));
    const result = await run("data", "inspect", "wrong");
    expect(result.code).toBe(2);
    expect(result.stderr).toMatch(/^convasm: readIdx "[^"]*class-names.json": expected [^\n]*\n$/);
  });
});

describe("the figures of a network", () => {
  it("are the same on the screen, in settings.json and for inspect", async () => {
    const words = ["train", "pets", "--epochs", "1", "--batch-size", "8", "--size", "28", "--engine", "simd"];
    const trained = await run(...words, "--threads", "1", "--out", "counted");
    const settings = JSON.parse(readFileSync(here("counted", "settings.json"), "utf8"));
    const inspected = (await run("inspect", "counted", "--json")).event("model");
    const { parameters, trainable, memoryBytes } = settings;
    expect(parameters).toBeGreaterThan(trainable);
    expect(inspected).toMatchObject({ parameters, trainable });
    const counts = `${parameters.toLocaleString("en-US")}, of which ${trainable.toLocaleString("en-US")} are trained`;
    const memory = `${(memoryBytes / 2 ** 20).toFixed(1)} MiB`;
    expect(trained.stdout).toContain(`parameters ${counts}; memory to train ${memory}`);
    expect((await run("inspect", "counted")).stdout).toMatch(new RegExp(`^Parameters: ${counts}$[^]*to predict`, "m"));
  });
});
