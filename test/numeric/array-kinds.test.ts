import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { readData } from "../../src/data/read-data.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { asBytes, asPixels, isMap, kindOf } from "../../src/numeric/array-kinds.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import { session } from "../worker/sessions.ts";

const SRC = fileURLToPath(new URL("../../src", import.meta.url));

/** The value of an expression in another realm. */
const elsewhere = (expression: string) => runInNewContext(expression);

/** A copy of an array that another realm made. */
function foreign<T extends Uint8Array | Uint16Array | Float32Array>(array: T): T {
  const copy: T = runInNewContext(`new ${array.constructor.name}(${array.length})`);
  copy.set(array);
  return copy;
}

it("knows bytes of every realm, and views other memories of bytes in place", () => {
  for (const make of ["Uint8Array.of(1, 2, 3)", "Uint8ClampedArray.of(1, 2, 3)", "Uint8Array.of(1, 2, 3).buffer"]) {
    expect([...(asBytes(elsewhere(make)) ?? [])], make).toEqual([1, 2, 3]);
  }
  const own = Uint8Array.of(9, 1, 2, 3, 9);
  expect(asBytes(own)).toBe(own);
  const view = asBytes(new DataView(own.buffer, 1, 3));
  expect([view?.buffer, view?.byteOffset, view?.length]).toEqual([own.buffer, 1, 3]);
  for (const make of ["Float32Array.of(1)", "Int8Array.of(1)", "[1]", "'text'", "null", "new SharedArrayBuffer(1)"]) {
    expect(asBytes(elsewhere(make)), make).toBeUndefined();
  }
});

it("knows pixels of every realm, and takes no memory whose kind nobody knows", () => {
  for (const make of ["Uint8Array", "Uint8ClampedArray", "Float32Array"]) {
    expect([...(asPixels(elsewhere(`${make}.of(1, 2)`)) ?? [])], make).toEqual([1, 2]);
  }
  for (const make of ["Int8Array.of(1)", "Float64Array.of(1)", "Uint8Array.of(1).buffer", "({ length: 1 })", "[1]"]) {
    expect(asPixels(elsewhere(make)), make).toBeUndefined();
  }
  expect(isMap(elsewhere("new Map()"))).toBe(true);
  expect(isMap(elsewhere("new WeakMap()"))).toBe(false);
  expect(kindOf(elsewhere("Int8Array.of(1)"))).toBe("Int8Array");
});

it("no source asks for an array's kind by instanceof", () => {
  const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter((path) => path.endsWith(".ts"));
  expect(files.length).toBeGreaterThan(200);
  const asks = files.filter((path) =>
    /instanceof (\w*Array|ArrayBuffer|Blob)\b/.test(readFileSync(join(SRC, path), "utf8")),
  );
  expect(asks).toEqual([]);
});

const PIXELS = Uint8Array.from({ length: 24 }, (_, i) => i * 10);
const LABELS = Uint8Array.of(0, 1, 2, 0, 1, 2);
const SHAPE = [2, 2, 1] as const;

it("trains, predicts, saves and loads with arrays of another realm as with its own", async () => {
  const run = async (as: <T extends Uint8Array | Float32Array>(array: T) => T) => {
    const model = createModel({ input: { shape: SHAPE, scale: 1 / 255 }, layers: [flatten(), dense({ units: 3 })] });
    await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", engine: "js", batchSize: 2 });
    model.setWeight("dense/bias", as(Float32Array.of(0.5, -0.5, 0.25)));
    await model.fit(createDataset({ shape: SHAPE, images: as(PIXELS), labels: as(LABELS) }), { epochs: 2 });
    const file = as(model.save());
    const loaded = await loadModel(file, { engine: "js" });
    const floats = createDataset({ shape: SHAPE, images: as(Float32Array.from(PIXELS)), labels: as(LABELS) });
    const { loss } = await loaded.evaluate(floats);
    return { file: [...file], loss, predicted: [...(await loaded.predict(as(PIXELS)))] };
  };
  expect(await run(foreign)).toEqual(await run((array) => array));
});

it("reads files that are ArrayBuffers or clamped bytes of another realm", async () => {
  const model = createModel({ input: [2, 2, 1], layers: [flatten(), dense({ units: 3 })] });
  await model.compile({ engine: "js" });
  const file = foreign(model.save());
  const clamped = new Uint8ClampedArray(file);
  const weights = (bytes: Parameters<typeof decodeSafetensors>[0]) =>
    decodeSafetensors(bytes).tensors.get("dense/kernel");
  const expected = model.getWeight("dense/kernel");
  for (const bytes of [file, clamped, elsewhere("(bytes) => Uint8Array.from(bytes).buffer")(file)]) {
    expect(weights(bytes)?.data).toEqual(expected);
    expect((await loadModel(bytes, { engine: "js" })).getWeight("dense/kernel")).toEqual(expected);
  }
  const csv = new TextEncoder().encode("label,a,b,c,d\n1,0,255,0,255\n0,255,0,255,0\n");
  const text = elsewhere("(bytes) => Uint8ClampedArray.from(bytes)")(csv);
  const { train } = await readData([{ name: "tiny.csv", bytes: text }]);
  expect(train?.labels).toEqual(Uint8Array.of(1, 0));
  await expect(readData([{ name: "tiny.csv", bytes: elsewhere("Int8Array.of(1)") }])).rejects.toThrow(
    'readData "tiny.csv": expected bytes as a Uint8Array or an ArrayBuffer, got Int8Array',
  );
});

it("moves arrays of another realm to a session, and keeps those that are only copied", async () => {
  const opened = await session();
  const images = foreign(PIXELS);
  const labels = foreign(LABELS);
  const data = { ...createDataset({ shape: SHAPE, images, labels }), images, labels };
  const copied = await opened.addDataset(data);
  expect(images.length).toBe(24);
  const moved = await opened.addDataset(data, { transfer: true });
  expect([images.length, labels.length]).toEqual([0, 0]);
  for (const handle of [copied, moved]) {
    expect(await handle.images([1])).toEqual({ images: PIXELS.slice(4, 8), labels: Uint8Array.of(1) });
  }
  const model = await opened.createModel({ input: [2, 2, 1], layers: [flatten(), dense({ units: 3 })] });
  await model.compile({ engine: "js" });
  const loaded = await opened.loadModel(elsewhere("(bytes) => Uint8Array.from(bytes).buffer")(await model.save()), {
    engine: "js",
  });
  expect(await loaded.predict(new Uint8ClampedArray(PIXELS))).toEqual(await model.predict(foreign(PIXELS)));
});
