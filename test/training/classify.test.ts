// Classes of pictures, wherever a caller has them, and models from wherever their file lies.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { resizeImage } from "../../src/data/image.ts";
import type { PictureSource } from "../../src/data/picture-source.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { useFiles } from "../../src/node/host-files.ts";
import { readImage } from "../../src/node/image.ts";
import { argmax } from "../../src/numeric/argmax.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";
import { encodePng } from "../data/png-writer.ts";
import { session } from "../worker/sessions.ts";

useFiles();

const SIDE = 6;
const NAMES = ["ant", "bee", "cat", "dog"];

/** Red and green wander, blue is constant. */
const rgb = (x: number, y: number, channel: number) => [40 * x, 30 * y, 77][channel];
const PNG = new Uint8Array(
  encodePng({ width: 7, height: 5, depth: 8, colourType: 2, sample: (x, y, c) => rgb(x, y, c) }),
);

const folder = mkdtempSync(join(tmpdir(), "convasm-classify-"));
const picture = join(folder, "picture.png");
const modelPath = join(folder, "model.safetensors");
let model: Model;

beforeAll(async () => {
  writeFileSync(picture, PNG);
  model = createModel({
    input: { shape: [SIDE, SIDE, 3], scale: 1 / 255 },
    layers: [flatten(), dense({ units: NAMES.length })],
    seed: 3,
  });
  model.classNames = NAMES;
  await model.compile({ engine: "js", loss: "softmaxCrossEntropy", batchSize: 4 });
  writeFileSync(modelPath, model.save());
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The scores that `predict` gives for the picture, resized by hand. */
async function expected() {
  const scores = await model.predict(resizeImage(await readImage(picture), SIDE, SIDE, 3));
  return [...scores].map((score, index) => ({ name: NAMES[index], index, score })).sort((a, b) => b.score - a.score);
}

/** The picture as pixels, with as many channels as asked for. */
async function pixels(channels: 3 | 4) {
  const { width, height, data } = await readImage(picture);
  const opaque = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 ? 255 : data[3 * Math.floor(i / 4) + (i % 4)],
  );
  return channels === 3 ? { width, height, channels, data } : { width, height, data: opaque };
}

describe("classify", () => {
  it("gives the same names and scores, best first, for a picture in any form", async () => {
    const wanted = await expected();
    const wide = { ...(await pixels(3)), data: Uint16Array.from((await pixels(3)).data, (value) => 257 * value) };
    const forms: Record<string, PictureSource> = {
      path: picture,
      "file URL": pathToFileURL(picture),
      "text of a file URL": pathToFileURL(picture).href,
      bytes: PNG,
      Buffer: Buffer.from(PNG),
      ArrayBuffer: PNG.slice().buffer,
      Blob: new Blob([PNG]),
      "data URL": `data:image/png;base64,${Buffer.from(PNG).toString("base64")}`,
      pixels: await pixels(3),
      "pixels without a number of channels, as ImageData has them": await pixels(4),
      "16 bits": wide,
    };
    const made = await session();
    const remote = await made.loadModel(modelPath, { engine: "js" });
    for (const [form, source] of Object.entries(forms)) {
      expect(await model.classify(source), form).toEqual(wanted);
      expect(await remote.classify(source), `${form} in a session`).toEqual(wanted);
    }
    expect(PNG.length, "bytes stay the caller's").toBeGreaterThan(0);
    expect(await model.classify(picture, { topK: 2 })).toEqual(wanted.slice(0, 2));
    expect(wanted[0].index).toBe(argmax(await model.predict(resizeImage(await readImage(picture), SIDE, SIDE, 3))));
  });

  it("scales as the training's images were, and gives indices where there are no names", async () => {
    const file = model.save();
    const scaled = await loadModel(file, { engine: "js" });
    scaled.scaling = { base: -1, factor: 127.5, kept: true };
    scaled.classNames = undefined;
    const bytes = resizeImage(await readImage(picture), SIDE, SIDE, 3);
    const scores = await scaled.predict(Float32Array.from(bytes, (value) => value / 127.5 - 1));
    const [best] = await scaled.classify(picture);
    expect(best).toEqual({ name: String(argmax(scores)), index: argmax(scores), score: Math.max(...scores) });
  });

  it("prepares digits as MNIST was made, for a model of digits or where it is asked to", async () => {
    const digits = createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })], seed: 1 });
    await digits.compile({ engine: "js" });
    const ink = (x: number, y: number) => (x > 40 && x < 50 && y > 5 && y < 60 ? 0 : 255);
    const drawing = new Uint8Array(encodePng({ width: 90, height: 90, depth: 8, colourType: 0, sample: ink }));
    const [resized, prepared] = [await digits.classify(drawing), await digits.classify(drawing, { prepare: "digit" })];
    expect(resized).not.toEqual(prepared);
    digits.classNames = Array.from({ length: 10 }, (_, i) => String(i));
    expect(await digits.classify(drawing)).toEqual(prepared);
    expect(await digits.classify(drawing, { prepare: "resize" })).toEqual(resized);
  });

  it.each<[string, unknown, RegExp]>([
    ["no file", "none.png", /^cannot read "none\.png"/],
    [
      "no picture",
      new Uint8Array([1, 2, 3]),
      /^image "the picture": expected a PNG, JPEG, WebP, GIF or BMP picture, got something else/,
    ],
    [
      "a canvas' bytes alone",
      new Uint8ClampedArray(16),
      /^classify: expected a picture with its size, got pixels without/,
    ],
    [
      "floats",
      { width: 1, height: 1, data: Float32Array.of(1) },
      /Uint16Array, got Float32Array; predict takes floats/,
    ],
    [
      "too few pixels",
      { width: 2, height: 2, channels: 3, data: new Uint8Array(11) },
      /expected 12 bytes of pixels, got 11/,
    ],
    [
      "pixels of five channels",
      { width: 1, height: 1, data: new Uint8Array(5) },
      /expected pixels of 1 to 4 channels, got 5/,
    ],
    ["sizes that are none", { width: -1, height: "a", data: new Uint8Array(4) }, /^classify: expected /],
    ["a number", 7, /^classify: expected a picture as bytes, a Blob, a path or an address, got 7/],
    ["nothing", undefined, /^classify: expected a picture as bytes, a Blob, a path or an address, got undefined/],
  ])("refuses %s", async (_, source, message) => {
    const classified: Promise<unknown> = Reflect.apply(model.classify, model, [source]);
    await expect(classified).rejects.toThrow(message);
  });

  it("refuses wrong options and models that take no pictures", async () => {
    await expect(model.classify(picture, { topK: 0 })).rejects.toThrow(/expected topK to be a whole number at least 1/);
    await expect(model.classify(picture, { prepare: "digit" })).rejects.toThrow(/28 x 28 x 1 pixels to give digits to/);
    const five = createModel({ input: [4, 4, 5], layers: [flatten(), dense({ units: 2 })] });
    await five.compile({ engine: "js" });
    await expect(five.classify(picture)).rejects.toThrow(
      /expected a model of 1 or 3 channels to give pictures to, got one of 5/,
    );
  });
});

describe("loadModel", () => {
  it("takes a path, a file URL, a Blob, an ArrayBuffer and an address", async () => {
    const file = readFileSync(modelPath);
    const server = createServer((request, response) => {
      if (request.url === "/model") response.end(file);
      else response.writeHead(404).end("no");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
    try {
      const forms = [
        modelPath,
        pathToFileURL(modelPath),
        new Blob([file]),
        new Uint8Array(file).buffer,
        new URL(`${base}/model`),
      ];
      for (const form of forms) expect((await loadModel(form, { engine: "js" })).save()).toEqual(model.save());
      await expect(loadModel(`${base}/none`)).rejects.toThrow(
        /^loadModel: expected a model file at .*none", got 404 Not Found$/,
      );
    } finally {
      server.close();
    }
    await expect(loadModel(`${base}/model`)).rejects.toThrow(
      /^loadModel: expected a model file at .*, got no answer \(/,
    );
  });

  it("says what is wrong with a file by its name", async () => {
    await expect(loadModel(join(folder, "none"))).rejects.toMatchObject({ code: "ENOENT" });
    await expect(loadModel(picture)).rejects.toThrow(/picture\.png/);
    await expect(loadModel(JSON.parse("7"))).rejects.toThrow(
      new TypeError("loadModel: expected a model file as bytes, a Blob, a path or an address, got 7"),
    );
  });
});

describe("argmax", () => {
  it("takes the first of the highest, of all values or of some", () => {
    expect(argmax([0.1, 0.7, 0.2, 0.7])).toBe(1);
    expect(argmax([0.9, 0.1, 0.2, 0.7], 1)).toBe(2);
    expect(argmax([0.9, 0.1, 0.2, 0.7], 1, 2)).toBe(1);
  });
});
