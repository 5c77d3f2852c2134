// Weights of files that PyTorch wrote (make-files.py), in the network that they are of.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { encodeSafetensors } from "../../src/formats/safetensors.ts";
import { type ImportedModel, type ImportOptions, importModel } from "../../src/importing/import-model.ts";
import { relu } from "../../src/layers/activation.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { conv2dTranspose } from "../../src/layers/conv2d-transpose.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { useFiles } from "../../src/node/host-files.ts";

useFiles();

const FILES = fileURLToPath(new URL("files", import.meta.url));

const NETWORK = {
  input: { shape: [4, 4, 1] as const },
  layers: [conv2d({ filters: 2, kernelSize: 3 }), batchNormalization(), relu(), flatten(), dense({ units: 3 })],
};

const made: ImportedModel[] = [];
afterEach(() => {
  for (const { model } of made.splice(0)) model.dispose();
});

async function imported(file: string | Uint8Array, options: Partial<ImportOptions> = {}): Promise<ImportedModel> {
  const source = typeof file === "string" ? join(FILES, file) : file;
  const result = await importModel(source, { network: NETWORK, engine: "js", ...options });
  made.push(result);
  return result;
}

/** Eighths from `start` on, as the files count them. */
const eighths = (start: number, count: number) => Array.from({ length: count }, (_, i) => (start + i) / 8);

/** Values of a model's weight as nested arrays would print them. */
const valuesOf = ({ model }: ImportedModel, name: string) => [...model.getWeight(name)];

/** The weights as our axes have them, by their definition: element (y, x, input, filter) of PyTorch's (filter, input, y, x). */
function expected(): Record<string, number[]> {
  const kernel: number[] = [];
  for (let y = 0; y < 3; y++)
    for (let x = 0; x < 3; x++) for (let f = 0; f < 2; f++) kernel.push((f * 9 + y * 3 + x) / 8);
  const rows: number[] = [];
  for (let y = 0; y < 2; y++)
    for (let x = 0; x < 2; x++)
      for (let c = 0; c < 2; c++)
        for (let unit = 0; unit < 3; unit++) rows.push((24 + unit * 8 + c * 4 + y * 2 + x) / 8);
  return {
    "conv2d/kernel": kernel,
    "conv2d/bias": eighths(18, 2),
    "batchNormalization/gamma": eighths(20, 2),
    "batchNormalization/beta": eighths(22, 2),
    "dense/kernel": rows,
    "dense/bias": eighths(48, 3),
    "batchNormalization/movingMean": eighths(51, 2),
    "batchNormalization/movingVariance": eighths(53, 2),
  };
}

/** All that a model holds, rounded as float16 or bfloat16 would where a test says so. */
const contents = (result: ImportedModel) =>
  Object.fromEntries([...result.model.weights().keys()].map((name) => [name, valuesOf(result, name)]));

describe("weights of PyTorch's files", () => {
  it.each([
    "zip.pth",
    "old.pth",
    "protocol-5.pth",
    "half.pth",
    "bfloat16.pth",
    "double.pth",
    "shared.pth",
    "shared-old.pth",
    "strided.pth",
    "channels-last.pth",
    "parameters.pth",
    "parallel.pth",
    "checkpoint.pth",
  ])("of %s are those of the network", async (file) => {
    const result = await imported(file);
    // Eighths below 8 have few bits: all of PyTorch's types hold them exactly.
    expect(contents(result)).toEqual(expected());
    expect(result.missing).toEqual([]);
    expect(result.unused).toEqual([]);
    const prefix = file === "parallel.pth" ? "module." : "";
    expect(result.pairs).toContainEqual({ weight: "dense/kernel", tensor: `${prefix}classifier.1.weight` });
  });

  it("compute what PyTorch computes", async () => {
    const { model } = await imported("zip.pth");
    const pixels = Float32Array.from({ length: 16 }, (_, i) => (i % 5) / 4);
    const y = await model.predict(pixels);
    // By the definitions, in double precision.
    const weights = expected();
    const image: number[] = [];
    for (let row = 0; row < 2; row++)
      for (let column = 0; column < 2; column++)
        for (let f = 0; f < 2; f++) {
          let sum = weights["conv2d/bias"][f];
          for (let i = 0; i < 9; i++) {
            const at = (row + Math.floor(i / 3)) * 4 + column + (i % 3);
            sum += ((at % 5) / 4) * weights["conv2d/kernel"][i * 2 + f];
          }
          const [gamma, beta, mean, variance] = ["gamma", "beta", "movingMean", "movingVariance"].map(
            (name) => weights[`batchNormalization/${name}`][f],
          );
          image.push(Math.max(0, (gamma * (sum - mean)) / Math.sqrt(variance + 1e-3) + beta));
        }
    for (let unit = 0; unit < 3; unit++) {
      const sum = image.reduce((total, value, i) => total + value * weights["dense/kernel"][i * 3 + unit], 0);
      expect(y[unit]).toBeCloseTo(sum + weights["dense/bias"][unit], 3);
    }
  });

  it("come from safetensors, too, by name where layers are called alike", async () => {
    const tensor = (shape: number[], start: number) => {
      const data = Float32Array.from(
        eighths(
          start,
          shape.reduce((a, b) => a * b, 1),
        ),
      );
      return { dtype: "F32" as const, shape, data };
    };
    // Two layers of one shape, in the other order than the network's.
    const file = encodeSafetensors(
      new Map([
        ["second.weight", tensor([2, 2], 0)],
        ["second.bias", tensor([2], 4)],
        ["first.weight", tensor([2, 2], 6)],
        ["first.bias", tensor([2], 10)],
      ]),
    );
    const layers = (...names: string[]) => [flatten(), ...names.map((name) => dense({ name, units: 2 }))];
    const network = (...names: string[]) => ({ input: { shape: [1, 2, 1] as const }, layers: layers(...names) });
    const byName = await imported(file, { network: network("first", "second") });
    expect(valuesOf(byName, "first/bias")).toEqual(eighths(10, 2));
    const byOrder = await imported(file, { network: network("a", "b") });
    expect(valuesOf(byOrder, "a/bias")).toEqual(eighths(4, 2));
    const mapping = { a: "first", "b/kernel": "second.weight", "b/bias": "second.bias" };
    const byMapping = await imported(file, { network: network("a", "b"), mapping });
    expect(valuesOf(byMapping, "a/bias")).toEqual(eighths(10, 2));
    expect(valuesOf(byMapping, "b/bias")).toEqual(eighths(4, 2));
  });
});

describe("what does not fit", () => {
  const larger = { ...NETWORK, layers: [...NETWORK.layers, dense({ units: 5 })] };
  const smaller = { ...NETWORK, layers: NETWORK.layers.slice(0, -1) };

  it("is an error that names both sides", async () => {
    await expect(imported("zip.pth", { network: larger })).rejects.toThrow(
      /^importModel ".*zip\.pth": expected one tensor for each weight, in PyTorch's shapes, got none for dense_1\/kernel \[5, 3\], dense_1\/bias \[5\]; /,
    );
    await expect(imported("zip.pth", { network: smaller })).rejects.toThrow(
      /got no use for classifier\.1\.weight \[3, 8\], classifier\.1\.bias \[3\]; a mapping tells which is which/,
    );
  });

  it("is listed where a part is enough", async () => {
    const more = await imported("zip.pth", { network: larger, partial: true });
    expect(more.missing).toEqual(["dense_1/kernel", "dense_1/bias"]);
    expect(valuesOf(more, "dense/bias")).toEqual(eighths(48, 3));
    const fewer = await imported("zip.pth", { network: smaller, partial: true });
    expect(fewer.unused).toEqual(["classifier.1.weight", "classifier.1.bias"]);
  });

  it("is a wrong mapping", async () => {
    await expect(imported("zip.pth", { mapping: { conv: "features.0" } })).rejects.toThrow(
      /mapping: expected layers or weights of the network \(conv2d, batchNormalization, dense\), got conv/,
    );
    await expect(imported("zip.pth", { mapping: { conv2d: "features.7" } })).rejects.toThrow(
      /mapping "conv2d": expected one of features\.0, features\.1, classifier\.1, got features\.7/,
    );
    await expect(imported("zip.pth", { mapping: { conv2d: "classifier.1" } })).rejects.toThrow(
      /tensor "classifier\.1\.weight": expected \[2, 1, 3, 3\] for "conv2d\/kernel", got \[3, 8\]/,
    );
  });
});

describe("files that are something else", () => {
  it.each([
    [
      "module.pth",
      "expected a state dict, got a pickled object of the class torch.nn.modules.container.Sequential; save model.state_dict()",
    ],
    ["torchscript.pt", "expected a state dict, got TorchScript; save model.state_dict() in PyTorch"],
    ["tensor.pth", "expected a state dict, got a single tensor"],
    ["sparse.pth", "expected a dense tensor, got one made by torch._utils._rebuild_sparse_tensor"],
    ["complex.pth", "expected values of type float32, .*, got torch.ComplexFloatStorage"],
    ["expanded.pth", 'tensor "weight": expected values of its storage, got 1000 values up to number 0 of 1'],
    ["list.pkl", "expected a file of torch.save, got another pickle"],
  ])("%s is refused by name", async (file, message) => {
    await expect(imported(file)).rejects.toThrow(new RegExp(message.replaceAll("(", "\\(").replaceAll(")", "\\)")));
  });

  it("so that who gives no network is not asked for one first", async () => {
    await expect(importModel(join(FILES, "torchscript.pt"))).rejects.toThrow("got TorchScript; save");
    await expect(importModel(join(FILES, "zip.pth"))).rejects.toThrow(
      "expected the network that the weights are of, got none; the option network says it, on the command line --model",
    );
  });

  it.each([["\x1c\0\0\0TFL3", "a TFLite model"]])("and the start %j by what it is", async (start, name) => {
    const bytes = new Uint8Array(600);
    for (const [i, letter] of [...start].entries()) bytes[i] = letter.charCodeAt(0);
    await expect(importModel(bytes)).rejects.toThrow(
      `expected ONNX, a model of Keras, a state dict of PyTorch, or safetensors, got ${name}`,
    );
  });

  it("a file that is cut off anywhere is refused in one line", async () => {
    for (const file of ["zip.pth", "old.pth"]) {
      const bytes = readFileSync(join(FILES, file));
      for (let length = 16; length < bytes.length; length += 97) {
        await expect(imported(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(
          /^[^\n]*expected [^\n]*, got [^\n]*$/,
        );
      }
    }
  });
});

describe("orders of axes", () => {
  it("of transposed, grouped and depthwise convolutions are PyTorch's", async () => {
    // Weights that say where they are: the digits of a value are its indices in PyTorch's order.
    const indexed = (shape: number[]) => {
      const data = new Float32Array(shape.reduce((a, b) => a * b, 1));
      for (let i = 0; i < data.length; i++) {
        let rest = i;
        for (let axis = shape.length - 1, digit = 1; axis >= 0; axis--, digit *= 10) {
          data[i] += digit * (rest % shape[axis]);
          rest = Math.floor(rest / shape[axis]);
        }
      }
      return { dtype: "F32" as const, shape, data };
    };
    const file = encodeSafetensors(
      new Map([
        ["up.weight", indexed([2, 3, 2, 4])],
        ["grouped.weight", indexed([6, 1, 2, 2])],
        ["depthwise.weight", indexed([12, 1, 1, 2])],
      ]),
    );
    const network = {
      input: { shape: [4, 4, 2] as const },
      layers: [
        conv2dTranspose({ name: "up", filters: 3, kernelSize: [2, 4], useBias: false }),
        conv2d({ name: "grouped", filters: 6, kernelSize: 2, groups: 3, useBias: false }),
        depthwiseConv2d({ name: "depthwise", kernelSize: [1, 2], depthMultiplier: 2, useBias: false }),
      ],
    };
    const { model } = await imported(file, { network });
    for (const [name, shape] of model.weights()) {
      const values = model.getWeight(name);
      for (let i = 0, at = [0, 0, 0, 0]; i < values.length; i++) {
        let rest = i;
        at = [...shape].reverse().map((extent) => {
          const index = rest % extent;
          rest = Math.floor(rest / extent);
          return index;
        });
        // Here: row, column, channel, filter; for a depthwise one, row, column, channel, multiple.
        const [last, channel, column, row] = at;
        const filter = name.startsWith("depthwise") ? channel * 2 + last : last;
        const theirs = name.startsWith("depthwise") ? [filter, 0, row, column] : [filter, channel, row, column];
        expect(values[i], `${name} ${at}`).toBe(theirs.reduce((digits, digit) => digits * 10 + digit, 0));
      }
    }
  });
});
