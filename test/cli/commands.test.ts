import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseIdx } from "../../src/data/idx.ts";
import { RECIPES } from "../../src/recipes/index.ts";
import { convasmHere } from "./in-process.ts";
import { CONVASM, convasm, temporaryFolder } from "./process.ts";
import { TEST_IMAGES, TEST_LABELS, TRAIN_IMAGES, writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasmHere(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);

beforeAll(async () => {
  // In a folder for MNIST, so that the model knows that its classes are digits.
  writeSmallData(here("data", "mnist"), 1500, 100);
  const words = ["train", "--data", "data", "--epochs", "4", "--batch-size", "20", "--lr", "0.03", "--out", "run"];
  const result = await run(...words, "--validation", "100", "--engine", "simd");
  expect(result.stderr).toBe("");
});
afterAll(remove);

const MODEL = join("run", "model.safetensors");

describe("eval", () => {
  it("tells how each class does", async () => {
    const result = await run("eval", "run", "--data", "data", "--json");
    const figures = result.event("figures");
    const { testAccuracy } = result.event("done");
    expect(figures).toEqual(expect.objectContaining({ topK: expect.anything(), macro: expect.anything() }));
    const { confusion, classes } = JSON.parse(JSON.stringify(figures));
    const right = confusion.reduce((sum: number, row: number[], i: number) => sum + row[i], 0);
    expect(right / 100).toBe(testAccuracy);
    for (const [i, { name, support, recall }] of classes.entries()) {
      expect(name).toBe(String(i));
      expect(recall).toBeCloseTo(confusion[i][i] / support, 12);
    }
    const text = (await run("eval", "run", "--data", "data")).stdout;
    expect(text.match(/^\d +\d+ +\S+ % +\S+ % +\S+ %$/gm)).toHaveLength(10);
    expect(text).toContain(`${(100 * Number(testAccuracy)).toFixed(2)} %`);
  });

  it("runs on the engine of the training unless told otherwise, and on part of the images", async () => {
    const text = (...words: string[]) => run("eval", MODEL, "--data", "data", ...words).then(({ stdout }) => stdout);
    expect(await text()).toContain("engine simd");
    expect(await text("--engine", "js")).toContain("engine js");
    expect(await text("--limit", "30")).toContain("of 30 images");
  });
});

/** A grey PNG file of `width` x `height` pixels (RFC 2083), every row unfiltered. */
function png(width: number, height: number, pixels: (x: number, y: number) => number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 8;
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = pixels(x, y);
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc(bytes: Buffer): number {
  let value = ~0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (value & 1 ? 0xedb88320 : 0);
  }
  return ~value >>> 0;
}

describe("predict", () => {
  /** Test image `index`, enlarged and dark on light, away from the middle, as a person might draw it. */
  function drawing(index: number): Buffer {
    const { data } = parseIdx({ name: "images", bytes: readFileSync(here("data", "mnist", TEST_IMAGES)) });
    const [scale, left, top] = [5, 90, 10];
    return png(300, 200, (x, y) => {
      const [column, row] = [Math.floor((x - left) / scale), Math.floor((y - top) / scale)];
      const inside = column >= 0 && column < 28 && row >= 0 && row < 28;
      return inside ? 255 - data[index * 784 + row * 28 + column] : 255;
    });
  }

  it("gives the probabilities of each image, however it was drawn", async () => {
    const labels = parseIdx({ name: "labels", bytes: readFileSync(here("data", "mnist", TEST_LABELS)) }).data;
    const direct = (await run("predict", "run", join("data", "mnist", TEST_IMAGES), "--json", "--limit", "20")).json();
    expect(direct).toHaveLength(20);
    const names = direct.map((_, i) => `${i}.png`);
    names.forEach((name, i) => {
      writeFileSync(here(name), drawing(i));
    });
    const drawn = (await run("predict", "run", ...names, "--json")).json();
    let [rightDirect, rightDrawn] = [0, 0];
    direct.forEach((line, i) => {
      const probabilities = Object.values(JSON.parse(JSON.stringify(line.probabilities))).map(Number);
      expect(probabilities.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
      expect(line).toMatchObject({ event: "prediction", index: i, probability: Math.max(...probabilities) });
      expect(drawn[i]).toMatchObject({ image: `${i}.png` });
      rightDirect += Number(line.class === String(labels[i]));
      rightDrawn += Number(drawn[i].class === String(labels[i]));
    });
    expect(rightDirect).toBeGreaterThan(12);
    // Dark on light and off the middle does no harm, except where it was not prepared.
    expect(rightDrawn).toBeGreaterThanOrEqual(rightDirect - 2);
    const raw = (await run("predict", "run", ...names, "--json", "--raw")).json();
    expect(raw.filter((line, i) => line.class === String(labels[i])).length).toBeLessThan(rightDrawn);
  });

  it("shows the most likely classes, and what the network sees", async () => {
    writeFileSync(here("one.png"), drawing(0));
    const result = await run("predict", MODEL, "one.png", "--top", "2", "--show");
    const lines = result.stdout.trimEnd().split("\n");
    expect(lines[0]).toMatch(/^one\.png: \d$/);
    expect(lines).toHaveLength(1 + 28 + 2);
    expect(lines.at(-1)).toMatch(/^ {2}\d {2}\S{30} +\d+\.\d\d %$/);
    expect((await run("predict", MODEL, "one.png", "--quiet")).stdout).toMatch(/^one\.png\t\d\n$/);
  });

  it("goes on after a picture that is none, and tells of it", async () => {
    writeFileSync(here("two.png"), drawing(1));
    writeFileSync(here("text.png"), "no picture");
    const result = await run("predict", MODEL, "text.png", "two.png", "none.jpg", "--quiet");
    expect(result.code).toBe(2);
    expect(result.stdout).toMatch(/^two\.png\t\d\n$/);
    expect(result.stderr).toMatch(/^convasm: image "text\.png": expected .*\nconvasm: cannot read "none\.jpg": .*\n$/);
  });
});

describe("inspect", () => {
  it("shows layers, settings and weights", async () => {
    const result = await run("inspect", "run", "--json");
    const model = result.event("model");
    const { layers, parameters, weights, run: notes, settings } = JSON.parse(JSON.stringify(model));
    const sum = layers.reduce((total: number, layer: { parameters: number }) => total + layer.parameters, 0);
    expect(sum).toBe(parameters);
    expect(
      weights.reduce((total: number, { shape }: { shape: number[] }) => total + shape.reduce((a, b) => a * b, 1), 0),
    ).toBe(parameters);
    expect(notes).toMatchObject({ network: RECIPES[0].name, epochs: 4, engine: "simd" });
    expect(settings).toMatchObject({ batchSize: 20, optimizer: { learningRate: 0.03 } });
    expect(model.finished).toBe(true);
    // No path of the machine that trained the model.
    expect(JSON.stringify(model)).not.toContain(cwd);
    const text = (await run("inspect", MODEL)).stdout;
    expect(text).toContain(String(model.weightsSha256));
    for (const { name } of layers) expect(text).toContain(name);
  });

  it("draws the network into a file, of a run as of a network on paper", async () => {
    writeFileSync(
      here("branches.json"),
      JSON.stringify([
        { type: "conv2d", name: "left", filters: 2, kernelSize: 1 },
        { type: "conv2d", name: "right", filters: 2, kernelSize: 1, inputs: "input" },
        { type: "add", inputs: ["left", "right"] },
      ]),
    );
    for (const name of ["run", "resnet8", "branches.json"]) {
      const result = await run("inspect", name, "--graph", "graph.svg", "--json");
      const { layers } = JSON.parse(result.stdout);
      const paths = readFileSync(here("graph.svg"), "utf8").match(/(?<=class="layer" data-path=")[^"]+/g);
      expect(paths).toEqual(["input", ...layers.map((layer: { name: string }) => layer.name)]);
      if (name === "branches.json") expect(layers[2].inputs).toEqual(["left", "right"]);
    }
    expect(readdirSync(cwd).filter((name) => /graph/.test(name))).toEqual(["graph.svg"]);
    expect((await run("inspect", "branches.json", "--graph", "graph.svg")).stdout).toMatch(/^Graph +graph\.svg$/m);
    const refused = await run("inspect", "resnet8", "--graph", "nowhere/graph.svg");
    expect([refused.code, refused.stdout]).toEqual([2, ""]);
    expect(refused.stderr).toMatch(/^convasm: cannot write "nowhere\/graph\.svg": no such file or folder\n$/);
  });

  it("shows which layers train --freeze left as they were", async () => {
    const train = ["train", "data", "--limit", "40", "--epochs", "1", "--model", "lenet5", "--batch-size", "20"];
    const result = await run(...train, "--out", "partly", "--json", "--freeze", "conv2d", "conv2d_1");
    expect(result.stderr).toBe("");
    const untouched = await run(...train, "--out", "none", "--json", "--lr", "1e-30", "--optimizer", "sgd");
    const [partly, none] = [await run("inspect", "partly", "--json"), await run("inspect", "none", "--json")].map(
      (inspected) => inspected.event("model"),
    );
    const layers: { name: string; frozen: boolean }[] = JSON.parse(JSON.stringify(partly.layers));
    expect(layers.filter(({ frozen }) => frozen).map(({ name }) => name)).toEqual(["conv2d", "conv2d_1"]);
    const means = ({ weights }: Record<string, unknown>): { name: string; mean: number }[] =>
      JSON.parse(JSON.stringify(weights));
    const before = means(none);
    expect(untouched.code).toBe(0);
    for (const [i, { name, mean }] of means(partly).entries()) {
      expect(before[i].name).toBe(name);
      expect(Math.abs(mean - before[i].mean) < 1e-20, name).toBe(/^conv2d/.test(name));
    }
    expect((await run("inspect", "partly")).stdout).toMatch(/^conv2d_1 +conv2d, frozen /m);
    expect(partly.trainable).toBeLessThan(Number(none.trainable));

    const wrong = await run(...train, "--freeze", "conv");
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toMatch(
      /^convasm: freeze: expected a layer or block, one of conv2d, conv2d_1, [^\n]*got "conv"\n$/,
    );
  });

  it("agrees with train on the weights' fingerprint", async () => {
    const trained = await run("train", "--data", "data", "--limit", "20", "--epochs", "1", "--out", "hash", "--json");
    const inspected = await run("inspect", "hash", "--json");
    expect(inspected.event("model").weightsSha256).toBe(trained.event("done").weightsSha256);
  });
});

describe("data", () => {
  it("writes generated digits as IDX files that train reads", async () => {
    const result = await run(
      "data",
      "digits",
      "--count",
      "300",
      "--test-count",
      "200",
      "--seed",
      "5",
      "--out",
      "digits",
      "--json",
    );
    expect(result.event("data")).toMatchObject({ shape: [28, 28, 1], classes: 10, trainImages: 300, testImages: 200 });
    const counts = JSON.parse(JSON.stringify(result.event("data").trainCounts));
    expect(counts).toEqual(new Array(10).fill(30));
    const images = (folder: string, file: string) => readFileSync(here(folder, file));
    expect(parseIdx({ name: "images", bytes: images("digits", TRAIN_IMAGES) }).dims).toEqual([300, 28, 28]);
    expect((await run("train", "digits", "--model", "conv5", "--limit", "100", "--epochs", "1")).code).toBe(0);
    expect((await run("train", "./digits", "--model", "conv5", "--limit", "100", "--epochs", "1")).stdout).toContain(
      "of 200 images",
    );

    const refused = await run("data", "digits", "--count", "300", "--out", "digits");
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/^convasm: --out "digits": expected no .*; --overwrite replaces it\n$/);
    const words = ["--count", "300", "--test-count", "200", "--out", "digits", "--overwrite"];
    const before = images("digits", TRAIN_IMAGES);
    expect((await run("data", "digits", ...words, "--seed", "6")).code).toBe(0);
    expect(images("digits", TRAIN_IMAGES).equals(before)).toBe(false);
    expect((await run("data", "digits", ...words, "--seed", "5")).code).toBe(0);
    expect(images("digits", TRAIN_IMAGES).equals(before)).toBe(true);
  });

  it("says what is in a folder, and where MNIST is", async () => {
    const folder = await run("data", "data/mnist");
    expect(folder.stdout).toMatch(/^all +1,500 +100$/m);
    const env = { CONVASM_DATA: here("data") };
    const mnist = await convasmHere(["data", "mnist", "--json"], { cwd, env });
    expect(mnist.event("data")).toMatchObject({ folder: join("data", "mnist"), trainImages: 1500 });
    const copied = await convasmHere(["data", "mnist", "--out", "copy"], { cwd, env });
    expect(copied.code).toBe(0);
    expect(readFileSync(here("copy", TRAIN_IMAGES)).equals(readFileSync(here("data", "mnist", TRAIN_IMAGES)))).toBe(
      true,
    );
  });
});

describe("help", () => {
  it("explains every command, with examples", async () => {
    const program = await run();
    expect(program.code).toBe(0);
    for (const command of ["train", "eval", "predict", "inspect", "data"]) {
      expect(program.stdout).toContain(`  ${command} `);
      const help = await run(command, "--help");
      expect(help.code).toBe(0);
      expect(help.stderr).toBe("");
      expect(help.stdout).toMatch(/Examples:\n {2}convasm /);
      expect(help.stdout).toContain("--json");
    }
  });

  it("has the version of the package", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
    expect((await run("--version")).stdout).toBe(`${version}\n`);
  });
});

describe("output that nobody reads", () => {
  it("ends nothing", async () => {
    const shell = `"${process.execPath}" "$0" train --data data --limit 50 --epochs 2 --out piped | head -1`;
    const result = await convasm([], { cwd, command: ["sh", "-c", shell, CONVASM] });
    expect(result.stderr).toBe("");
    expect(existsSync(here("piped", "model.safetensors"))).toBe(true);
  });
});
