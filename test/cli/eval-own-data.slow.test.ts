// A run knows its own data: eval finds it, reads it alike, and tests on the same images.

import { mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasm, type Result, temporaryFolder } from "./process.ts";
import { writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasm(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);

beforeAll(() => {
  writeClasses(here("pets", "train"), { cat: 20, dog: 20, hen: 20 });
  writeClasses(here("pets", "test"), { cat: 6, dog: 6, hen: 6 }, { seed: 2 });
  writeSmallData(here("small"), 300, 60);
});
afterAll(remove);

/** The figures of a test, digit for digit. */
const figures = (result: Result) => {
  const { testAccuracy, testLoss, testImages } = result.event("done");
  return { testAccuracy, testLoss, testImages };
};

/** Runs the command that is printed behind "Next". */
async function next({ stdout }: Result): Promise<Result> {
  const command = /Next\s+node (.*)/.exec(stdout)?.[1] ?? "";
  return convasm([], { cwd, command: ["sh", "-c", `"${process.execPath}" ${command} --json`] });
}

describe("eval of a run, or of its model file", () => {
  it.each<[what: string, words: string[], images: number]>([
    ["a part of the images to train on", ["small", "--train-range", "0:200", "--test-range", "train:200:260"], 60],
    ["a part of the images to test on", ["small", "--test-range", "10:50"], 40],
    ["images that a split held out", ["pets/train", "--split", "0.2", "--split-seed", "4"], 12],
    ["pictures of another size", ["pets", "--size", "6", "--channels", "3"], 18],
    ["a limit", ["pets", "--limit", "30", "--validation", "6"], 18],
  ])("tests on what the run was tested on: %s", async (what, data, images) => {
    const out = what.replaceAll(" ", "-");
    const [folder, ...options] = data;
    const network = folder === "small" ? ["--model", "conv8", "--epochs", "1"] : smallTraining(cwd);
    const trained = await run("train", folder, ...options, ...network, "--out", out, "--json");
    const wanted = figures(trained);
    expect(wanted.testImages).toBe(images);
    for (const words of [[out], [join(out, "model.safetensors")], [out, folder]]) {
      const evaluated = await run("eval", ...words, "--json");
      expect(evaluated.stderr).toBe("");
      expect(figures(evaluated)).toEqual(wanted);
    }
  });

  it("tests on a recipe's own part, also by the command that train prints", async () => {
    const words = ["train", "small", "--recipe", "conv8", "--train-range", "0:100", "--test-range", "train:100:200"];
    const trained = await run(...words, "--epochs", "1", "--out", "a recipe");
    expect(trained.stdout).toContain("of 100 images");
    const evaluated = await next(trained);
    expect(trained.stdout).toContain(`loss ${Number(evaluated.event("done").testLoss).toFixed(4)}`);
    expect(evaluated.event("done").testImages).toBe(100);
    const all = await run("eval", "a recipe", "--no-test-range", "--json");
    expect(all.event("done").testImages).toBe(60);
    const other = await run("eval", "a recipe", "--test-range", "5:15");
    expect(other.stdout).toMatch(/^Data +small, images 5 to 14 of those to test on, engine/m);
  });

  it("brings pictures of any size and colour to the model's input, as predict does", async () => {
    await run("train", "pets", ...smallTraining(cwd), "--out", "sized");
    writeClasses(here("large", "test"), { hen: 4, cat: 4, dog: 4 }, { seed: 5, side: 16 });
    const evaluated = await run("eval", "sized", "large", "--json");
    expect(evaluated.stderr).toBe("");
    expect(evaluated.event("done")).toMatchObject({ testAccuracy: 1, testImages: 12 });
  });

  it("takes class folders without a part, and says so", async () => {
    await run("train", "pets", ...smallTraining(cwd), "--out", "parts");
    writeClasses(here("bare"), { dog: 4, cat: 4, hen: 4 }, { seed: 5 });
    const evaluated = await run("eval", "parts", "bare", "--json");
    expect(evaluated.event("done")).toMatchObject({ testAccuracy: 1, testImages: 12 });
    expect(evaluated.stderr).toBe("bare: no part to test on, so all 12 images are tested on\n");
  });

  it("says what to do where the data is not to be found", async () => {
    writeClasses(here("moving", "train"), { cat: 8, dog: 8, hen: 8 });
    writeClasses(here("moving", "test"), { cat: 8, dog: 8, hen: 8 });
    const trained = await run("train", "moving", ...smallTraining(cwd), "--out", "moved", "--json");
    renameSync(here("moving"), here("elsewhere"));
    const lost = await run("eval", "moved");
    expect(lost.code).toBe(2);
    expect(lost.stderr).toMatch(/^convasm: eval: expected the data that .*, got none in .*; .* eval moved\S* DATA\n$/);
    expect(figures(await run("eval", "moved", "elsewhere", "--json"))).toEqual(figures(trained));
    mkdirSync(here("alone"));
    renameSync(here("moved", "model.safetensors"), here("alone", "model.safetensors"));
    const alone = await run("eval", join("alone", "model.safetensors"));
    expect(alone.code).toBe(2);
    expect(alone.stderr).toMatch(/^convasm: eval: expected the place of the data that .* DATA\n$/);
    expect(readFileSync(here("alone", "model.safetensors")).includes(cwd)).toBe(false);
  });

  it("has nothing to say of a run without images to test on, and train proposes no such command", async () => {
    const trained = await run("train", "pets/train", ...smallTraining(cwd), "--out", "untested");
    expect(trained.stdout).not.toContain(" eval ");
    expect(trained.stdout).toMatch(/^Next +\S+ \S+ predict untested/m);
    const evaluated = await run("eval", "untested");
    expect(evaluated.code).toBe(2);
    expect(evaluated.stderr).toContain("expected images to test on in pets/train, got only some to train on");
  });
});

describe("commands that are proposed", () => {
  it("read data in folders whose names mean something else", async () => {
    for (const name of ["digits", "mnist"]) {
      writeClasses(here(name), { cat: 4, dog: 4, hen: 4 });
      const trained = await run(
        "train",
        `./${name}`,
        "--split",
        "0.25",
        ...smallTraining(cwd),
        "--out",
        `run of ${name}`,
      );
      expect(trained.stdout).toContain(`eval 'run of ${name}' ./${name} --split 0.25`);
      expect((await next(trained)).event("done").testImages).toBe(3);
      rmSync(here(name), { recursive: true });
    }
    const inspected = await run("data", "inspect", "pets/train", "--size", "6", "--samples", "0");
    expect(inspected.stdout).toMatch(/^Next .* train pets\/train --size 6x6$/m);
    const described = await run("data", "pets/train", "--size", "6");
    expect(described.stdout).toMatch(/^Next .* train pets\/train --size 6x6$/m);
    const written = await run("data", "pets", "--out", "digits");
    expect(written.stdout).toMatch(/^Next .* train .\/digits$/m);
    const tests = await run("data", "pets/test", "--out", "only tests");
    expect(tests.code).toBe(0);
    expect(tests.stdout).not.toContain("Next");
  });
});

describe("options that do not apply", () => {
  it.each<[words: string[], message: string]>([
    [["small", "--size", "28"], "expected --size (size) only with pictures, got it with IDX"],
    [["small", "--label-column", "1"], "expected --label-column (labelColumn) only with CSV, got it with IDX"],
    [
      ["pets", "--shape", "8x8"],
      "expected --shape (shape) only with NumPy, HDF5, safetensors, CSV, got it with pictures",
    ],
    [["pets", "--labels", "fine"], "expected --labels (labels) only with CIFAR-100, got it with pictures"],
  ])("%j are refused by name", async (words, message) => {
    for (const command of [["train"], ["data", "inspect"]]) {
      const result = await run(...command, ...words);
      expect(result.code).toBe(2);
      expect(result.stderr).toBe(`convasm: readData: ${message}\n`);
    }
  });
});
