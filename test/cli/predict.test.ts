// `convasm predict` for many pictures: folders, archives, patterns, tables. Within this process, as nothing of it needs another.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { reportError } from "../../src/cli/command-error.ts";
import { createProgram } from "../../src/cli/main.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { useFiles } from "../../src/node/host-files.ts";
import type { ClassScore } from "../../src/training/classify.ts";
import { createModel } from "../../src/training/create-model.ts";
import type { Model } from "../../src/training/model.ts";
import { encodePng } from "../data/png-writer.ts";

import { temporaryFolder } from "./process.ts";
import { zip } from "./zip-writer.ts";

useFiles();

const NAMES = ["cat", "dog", 'a, "b"'];
const { path: cwd, remove } = temporaryFolder();
const here = (...names: string[]) => join(cwd, ...names);
const MODEL = here("model.safetensors");
let model: Model;

/** A grey picture of a size and a shade. */
function picture(side: number, shade: number): Buffer {
  return Buffer.from(
    encodePng({
      width: side,
      height: side + 1,
      depth: 8,
      colourType: 0,
      sample: (x, y) => (shade * (x + 2 * y)) % 256,
    }),
  );
}

const PICTURES: Readonly<Record<string, Buffer>> = {
  "cat/1.png": picture(9, 3),
  "cat/deep/2.png": picture(20, 11),
  "dog/3.png": picture(5, 40),
  "other/4.png": picture(13, 29),
  "dog/broken.png": picture(5, 40).subarray(0, 60),
};

beforeAll(async () => {
  model = createModel({
    input: { shape: [6, 6, 1], scale: 1 / 255 },
    layers: [flatten(), dense({ units: 3 })],
    seed: 2,
  });
  model.classNames = NAMES;
  await model.compile({ engine: "js", loss: "softmaxCrossEntropy", batchSize: 2 });
  writeFileSync(MODEL, model.save());
  for (const [name, bytes] of Object.entries(PICTURES)) {
    mkdirSync(join(here("pets", name), ".."), { recursive: true });
    writeFileSync(here("pets", name), bytes);
  }
  writeFileSync(here("pets", "notes.txt"), "none");
  writeFileSync(here("pets.zip"), zip(PICTURES));
});
afterAll(remove);
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = undefined;
});

/** Runs the command, and gives what it wrote and the exit code. */
async function predict(...words: string[]) {
  const [out, err]: string[][] = [[], []];
  vi.spyOn(process.stdout, "write").mockImplementation((text) => out.push(String(text)) > 0);
  vi.spyOn(process.stderr, "write").mockImplementation((text) => err.push(String(text)) > 0);
  let code = 0;
  try {
    await createProgram(new AbortController().signal).parseAsync(["predict", ...words, "--engine", "js"], {
      from: "user",
    });
  } catch (error) {
    code = reportError(error);
  }
  vi.restoreAllMocks();
  return { code: Math.max(code, Number(process.exitCode ?? 0)), stdout: out.join(""), stderr: err.join("") };
}

/** The library's answer for a picture. */
function answer(name: string): Promise<ClassScore[]> {
  return model.classify(here("pets", name));
}

const WHOLE = Object.keys(PICTURES).filter((name) => !name.includes("broken"));

describe("predict with a folder", () => {
  it("writes a table with the true classes by the folders' names, and tells of a broken picture", async () => {
    const { code, stdout, stderr } = await predict(MODEL, here("pets"), "--csv", "--top", "2");
    expect(code).toBe(2);
    expect(stderr).toContain("left out 1 other file");
    expect(stderr).toMatch(/^convasm: png ".*broken\.png": /m);
    const rows = await Promise.all(
      WHOLE.map(async (name) => {
        const [best, next] = await answer(name);
        const folder = name.split("/")[0];
        const truth = folder === "other" ? "," : `${folder},${folder === best.name}`;
        const quoted = (text: string) => (text.includes(",") ? '"a, ""b"""' : text);
        return `${here("pets", name)},${quoted(best.name)},${best.score},${truth},${quoted(next.name)},${next.score}`;
      }),
    );
    expect(stdout).toBe(`image,class,probability,true_class,right,class_2,probability_2\n${rows.join("\n")}\n`);
  });

  it("tells a line for each, and how many are right", async () => {
    const { stdout } = await predict(MODEL, here("pets"));
    const [cat] = await answer("cat/1.png");
    expect(stdout).toContain(`${here("pets", "cat/1.png")}: ${cat.name}  ${(100 * cat.score).toFixed(2)} %`);
    const right = (await Promise.all(["cat/1.png", "cat/deep/2.png", "dog/3.png"].map(answer))).filter(
      ([best], i) => best.name === ["cat", "cat", "dog"][i],
    ).length;
    expect(stdout).toContain(`4 images, ${right} of 3 right (`);
    expect(stdout).toContain("by their folders' names; 1 image could not be read");
  });
});

describe("predict --out", () => {
  it.each(["json", "jsonl"])("writes .%s of an archive, and nothing half written stays", async (ending) => {
    const file = here(`table.${ending}`);
    const { code, stdout } = await predict(MODEL, here("pets.zip"), "--out", file);
    expect(code).toBe(2);
    expect(stdout).toContain(`Table     ${file}`);
    const text = readFileSync(file, "utf8");
    const rows =
      ending === "json"
        ? JSON.parse(text)
        : text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line));
    expect(rows.map(({ image }: { image: string }) => image)).toEqual(
      WHOLE.map((name) => `${here("pets.zip")}/${name}`),
    );
    const ranked = await answer(WHOLE[0]);
    const probabilities = NAMES.map((_, i) => ranked.find(({ index }) => index === i)?.score);
    expect(rows[0]).toMatchObject({
      class: ranked[0].name,
      classIndex: ranked[0].index,
      trueClass: "cat",
      probabilities,
    });
  });

  it("refuses other endings before it begins, and leaves an earlier file where it fails", async () => {
    expect((await predict(MODEL, here("pets"), "--out", "table.txt")).stderr).toContain(
      "--out: expected a name that ends in",
    );
    const file = here("kept.csv");
    writeFileSync(file, "kept");
    const controller = new AbortController();
    controller.abort(new Error("stopped"));
    const program = createProgram(controller.signal);
    const words = ["predict", MODEL, here("pets"), "--out", file, "--engine", "js"];
    await expect(program.parseAsync(words, { from: "user" })).rejects.toThrow("stopped");
    expect(readFileSync(file, "utf8")).toBe("kept");
  });
});

describe("predict with patterns and words in the wrong order", () => {
  it("expands a pattern itself where the shell did not", async () => {
    const { stdout, code } = await predict(MODEL, here("pets", "*", "[0-9].png").replaceAll("\\", "/"), "--json");
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ trueClass }) => trueClass)).toEqual(["cat", "dog", undefined, undefined]);
    expect(lines[3]).toMatchObject({ event: "done", images: 3, broken: 0, known: 2 });
    expect(code).toBe(0);
    expect((await predict(MODEL, here("none*.png"))).stderr).toContain("expected pictures, got no files");
  });

  it("notices that the model stands last", async () => {
    const { code, stderr } = await predict(here("pets", "cat", "1.png"), MODEL);
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /^convasm: predict: expected the model first, got it after ".*1\.png"; `.* predict .*model\.safetensors .*1\.png`\n$/,
    );
    expect(existsSync(here("table.csv"))).toBe(false);
  });
});
