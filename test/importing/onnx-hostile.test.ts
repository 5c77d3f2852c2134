// ONNX files that are damaged, or ask for what there is none of: refused in one line, that says where.

import { readFileSync } from "node:fs";
import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { describe, expect, it } from "vitest";
import { importModel } from "../../src/importing/import-model.ts";

type Node = readonly [op: string, inputs: readonly string[], outputs: readonly string[]];

const message = (write: (writer: BinaryWriter) => void) => {
  const writer = new BinaryWriter();
  write(writer);
  return writer.finish();
};

/** A tensor of floats, whose values lie in a file beside the model where it has a location. */
function tensor(name: string, dims: readonly number[], values: number, location?: string): Uint8Array {
  return message((w) => {
    for (const extent of dims) w.uint32(8).int64(extent);
    w.uint32(16).int32(1).uint32(66).string(name);
    if (location === undefined) w.uint32(74).bytes(new Uint8Array(4 * values));
    else {
      const entry = message((e) => e.uint32(10).string("location").uint32(18).string(location));
      w.uint32(106).bytes(entry).uint32(112).int32(1);
    }
  });
}

/** A model of one input x, [batch, 1, 4, 4], and one output y. */
function onnx(nodes: readonly Node[], tensors: readonly Uint8Array[] = [], opset = 17): Uint8Array {
  const shape = ["batch", 1, 4, 4].map((extent) =>
    message((w) => (typeof extent === "number" ? w.uint32(8).int64(extent) : w.uint32(18).string(extent))),
  );
  const type = message((w) => {
    for (const extent of shape) w.uint32(10).bytes(extent);
  });
  const input = message((w) => {
    const inner = message((t) => t.uint32(8).int32(1).uint32(18).bytes(type));
    w.uint32(10)
      .string("x")
      .uint32(18)
      .bytes(message((t) => t.uint32(10).bytes(inner)));
  });
  const graph = message((w) => {
    for (const [op, inputs, outputs] of nodes) {
      const node = message((n) => {
        for (const name of inputs) n.uint32(10).string(name);
        for (const name of outputs) n.uint32(18).string(name);
        n.uint32(26).string(`my ${op}`).uint32(34).string(op);
      });
      w.uint32(10).bytes(node);
    }
    for (const bytes of tensors) w.uint32(42).bytes(bytes);
    w.uint32(90)
      .bytes(input)
      .uint32(98)
      .bytes(message((o) => o.uint32(10).string("y")));
  });
  const version = message((w) => w.uint32(16).int64(opset));
  return message((w) => w.uint32(8).int64(8).uint32(58).bytes(graph).uint32(66).bytes(version));
}

const read = (file: Uint8Array) => importModel([{ name: "a.onnx", bytes: file }], { input: "raw", engine: "js" });

describe("an ONNX file", () => {
  const weights = tensor("w", [2, 1, 3, 3], 18);

  it("of one convolution is read", async () => {
    const { model, pairs } = await read(onnx([["Conv", ["x", "w"], ["y"]]], [weights]));
    model.dispose();
    expect(pairs).toEqual([{ weight: "conv2d/kernel", tensor: "w" }]);
  });

  it.each<readonly [string, Uint8Array, RegExp]>([
    [
      "an unknown operator",
      onnx([["LSTM", ["x"], ["y"]]]),
      /LSTM "my LSTM": .*got LSTM; the nearest is Conv over one axis$/,
    ],
    ["a misspelled one", onnx([["Sigmoyd", ["x"], ["y"]]]), /Sigmoyd "my Sigmoyd": .*the nearest is Sigmoid$/],
    [
      "a cycle",
      onnx([
        ["Add", ["x", "y"], ["z"]],
        ["Relu", ["z"], ["y"]],
      ]),
      /Add "my Add": expected inputs that nodes before it make, got "y"$/,
    ],
    [
      "a name twice",
      onnx([
        ["Relu", ["x"], ["y"]],
        ["Tanh", ["x"], ["y"]],
      ]),
      /every tensor to have a name of its own, got "y"$/,
    ],
    ["an output that nobody makes", onnx([["Relu", ["x"], ["z"]]]), /expected outputs that nodes make, got "y"$/],
    ["versions to come", onnx([["Relu", ["x"], ["y"]]], [], 25), /operators of version 7 to 24, got version 25$/],
    [
      "too few values",
      onnx([["Conv", ["x", "w"], ["y"]]], [tensor("w", [2, 1, 3, 3], 17)]),
      /tensor "w": expected 18 values of \[2,1,3,3\], got 17$/,
    ],
    [
      "a shape beyond memory",
      onnx([["Conv", ["x", "w"], ["y"]]], [tensor("w", [2 ** 20, 2 ** 20], 1)]),
      /expected a shape of at most/,
    ],
    [
      "weights for other channels",
      onnx([["Conv", ["x", "w"], ["y"]]], [tensor("w", [2, 3, 3, 3], 54)]),
      /expected weights for 1 channels in 1 groups/,
    ],
    [
      "a way out of its folder",
      onnx([["Conv", ["x", "w"], ["y"]]], [tensor("w", [2, 1, 3, 3], 0, "../w.bin")]),
      /names of files in the model's own folder, got "\.\.\/w\.bin"$/,
    ],
    [
      "a file that is not given",
      onnx([["Conv", ["x", "w"], ["y"]]], [tensor("w", [2, 1, 3, 3], 0, "w.bin")]),
      /its file "w\.bin", got none of that name; give it beside the model/,
    ],
  ])("with %s is refused", async (_, file, expected) => {
    await expect(read(file)).rejects.toThrow(expected);
    await expect(read(file)).rejects.toThrow(/^importModel "a\.onnx": [^\n]*$/);
  });

  it("takes weights of a file that is given beside it", async () => {
    const bytes = onnx([["Conv", ["x", "w"], ["y"]]], [tensor("w", [2, 1, 3, 3], 0, "w.bin")]);
    const values = Float32Array.from({ length: 18 }, (_, i) => i);
    const beside = { name: "w.bin", bytes: new Uint8Array(values.buffer) };
    const { model } = await importModel([{ name: "a.onnx", bytes }, beside], { input: "raw", engine: "js" });
    expect([...model.getWeight("conv2d/kernel").subarray(0, 4)]).toEqual([0, 9, 1, 10]);
    model.dispose();
  });

  it("that is cut off anywhere is refused in one line", async () => {
    const bytes = readFileSync(new URL("onnx/squeeze-dynamo.onnx", import.meta.url));
    for (let length = 3; length < bytes.length; length += 61) {
      await expect(read(bytes.subarray(0, length)), `${length} bytes`).rejects.toThrow(
        /^[^\n]*expected [^\n]*, got [^\n]*$/,
      );
    }
  });
});
