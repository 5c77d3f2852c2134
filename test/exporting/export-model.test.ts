// The front of export: what it takes, what it refuses, and convasm's own files in fewer bits.

import { describe, expect, it } from "vitest";
import { exportModel } from "../../src/exporting/export-model.ts";
import { halvesOf } from "../../src/formats/half-floats.ts";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { tensorFloats } from "../../src/formats/tensor-floats.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { createModel } from "../../src/training/create-model.ts";
import { loadModel } from "../../src/training/load-model.ts";
import type { Model } from "../../src/training/model.ts";

async function smallModel(): Promise<Model> {
  const model = createModel({ input: [4, 4, 1], layers: [flatten(), dense({ units: 3 })] });
  await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", engine: "js" });
  model.classNames = ["a", "b", "c"];
  return model;
}

describe("halvesOf", () => {
  it("rounds to the nearest half, of two to the even one", () => {
    const cases: [value: number, bits: number][] = [
      [0, 0],
      [-0, 0x8000],
      [1, 0x3c00],
      [-2, 0xc000],
      [65_504, 0x7bff],
      [65_519.996, 0x7bff],
      [65_520, 0x7c00],
      [Number.NEGATIVE_INFINITY, 0xfc00],
      [Number.NaN, 0x7e00],
      [2 ** -14, 0x0400],
      [2 ** -24, 1],
      [2 ** -25, 0],
      [3 * 2 ** -25, 2],
      [2 ** -14 - 2 ** -26, 0x0400],
      [1 + 2 ** -11, 0x3c00],
      [1 + 3 * 2 ** -11, 0x3c02],
      [2 - 2 ** -12, 0x4000],
      [0.1, 0x2e66],
    ];
    const halves = halvesOf(Float32Array.from(cases, ([value]) => value));
    expect([...halves]).toEqual(cases.map(([, bits]) => bits));
  });

  it("gives all finite halves back", () => {
    const all = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i).filter((bits) => (bits & 0x7c00) !== 0x7c00);
    expect(halvesOf(tensorFloats("halves", "F16", new Uint8Array(all.buffer)))).toEqual(all);
  });
});

describe("exportModel", () => {
  it("writes a model file without optimizer and notes, of a model, its bytes, or what was read", async () => {
    const model = await smallModel();
    const saved = model.save({ folder: "somewhere" });
    const [file, ...rest] = await exportModel(model, { format: "safetensors", name: "small" });
    expect([file.name, rest]).toEqual(["small.safetensors", []]);
    const text = new TextDecoder().decode(file.bytes);
    expect(text).not.toMatch(/adam|somewhere/);
    const [same] = await exportModel(saved, { format: "safetensors" });
    expect(same).toEqual({ name: "model.safetensors", bytes: file.bytes });
    const loaded = await loadModel(file.bytes);
    expect(loaded.classNames).toEqual(["a", "b", "c"]);
    expect(loaded.getWeight("dense/kernel")).toEqual(model.getWeight("dense/kernel"));
  });

  it("halves the weights' size with `half`, and what is read are the nearest halves", async () => {
    const model = await smallModel();
    const values = Float32Array.from(new Array(48).keys(), (i) => (i - 20) / 7);
    model.setWeight("dense/kernel", values);
    const [{ bytes }] = await exportModel(model, { format: "safetensors", half: true });
    expect(() => decodeSafetensors(bytes)).toThrow("got F16");
    const loaded = await loadModel(bytes);
    const kernel = loaded.getWeight("dense/kernel");
    expect(kernel).not.toEqual(values);
    for (const [i, value] of kernel.entries()) expect(Math.abs(value - values[i])).toBeLessThanOrEqual(2 ** -10);
    // Written again they stay as they are.
    const [again] = await exportModel(loaded, { format: "safetensors", half: true });
    expect(again.bytes).toEqual(bytes);
    model.setWeight("dense/bias", [0, 65_520, 0]);
    await expect(exportModel(model, { format: "safetensors", half: true })).rejects.toThrow(
      'exportModel: expected weights "dense/bias" of at most 65504, the largest number of half precision, got 65520 at index 1',
    );
  });

  it("refuses damaged files in half precision", async () => {
    const [{ bytes }] = await exportModel(await smallModel(), { format: "safetensors", half: true });
    bytes[bytes.length - 1] ^= 1;
    await expect(loadModel(bytes)).rejects.toThrow("expected the contents that the file was saved with");
  });

  it("says which options do not go together", async () => {
    const model = await smallModel();
    const wrong: [options: Parameters<typeof exportModel>[1], message: string][] = [
      [{ format: "safetensors", half: true, int8: true }, "expected half or int8, got both"],
      [
        { format: "safetensors", int8: true },
        "expected weights of float32 or float16 in convasm's model file, safetensors, got int8; half makes its files half as large",
      ],
      [{ format: "safetensors", title: "x" }, "expected title only with html, got safetensors"],
      [{ format: "safetensors", classNames: ["a"] }, "expected 3 class names, got 1"],
    ];
    for (const [options, message] of wrong) await expect(exportModel(model, options)).rejects.toThrow(message);
    await expect(exportModel(new Uint8Array(99), { format: "safetensors" })).rejects.toThrow(RangeError);
  });
});
