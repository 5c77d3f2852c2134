import { describe, expect, it } from "vitest";
import { MemoryPlan } from "../../src/engine/plan.ts";
import { type Operation, Tape } from "../../src/engine/tape.ts";
import { leakyRelu, relu } from "../../src/layers/activation.ts";
import { add } from "../../src/layers/add.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { conv2dTranspose } from "../../src/layers/conv2d-transpose.ts";
import { dense } from "../../src/layers/dense.ts";
import { depthwiseConv2d } from "../../src/layers/depthwise-conv2d.ts";
import { dropout } from "../../src/layers/dropout.ts";
import { flatten } from "../../src/layers/flatten.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { separableConv2d } from "../../src/layers/separable-conv2d.ts";
import type { Shape } from "../../src/layers/shape.ts";
import { zeroPadding2d } from "../../src/layers/zero-padding2d.ts";
import { normal, placeLayers, planLayers } from "./placed.ts";

/** The calls of a training step. */
function calls(layers: readonly Layer[], input: Shape, first: boolean): Operation[] {
  const plan = new MemoryPlan();
  const { placed } = planLayers(plan, layers, input, 2, first);
  plan.freeze();
  const [samples, weights] = [new Tape(), new Tape()];
  placed.forward(samples, 2, 0, "training");
  placed.backward({ samples, weights }, 2, 0, 1);
  return [...samples.operations, ...weights.operations];
}

/** The kernels of a training step, besides those that pack and pad. */
function kernels(layers: readonly Layer[], input: Shape, first: boolean): string[] {
  return calls(layers, input, first)
    .map(({ kernel }) => kernel)
    .filter((kernel) => !/^(pack|pad)/.test(kernel));
}

const IMAGE = [8, 8, 1];
const conv = (filters = 8) => conv2d({ filters, kernelSize: 3 });

describe("neighbours in a graph", () => {
  it.each([
    ["ReLU, pooling", [conv(), relu(), maxPooling2d()]],
    ["pooling, ReLU", [conv(), maxPooling2d(), relu()]],
  ])("a first convolution of few channels applies %s itself, and their gradients see maxima alone", (_, layers) => {
    expect(kernels(layers, IMAGE, true)).toEqual([
      "conv2d_narrow_pool_forward",
      "relu_backward",
      "conv2d_narrow_pool_backward_weights",
      "bias_backward",
    ]);
  });

  it("applies a ReLU that follows no pooling", () => {
    const wanted = ["conv2d_narrow_forward", "relu_backward", "conv2d_backward_weights", "bias_backward"];
    expect(kernels([conv(), relu()], IMAGE, true)).toEqual(wanted);
  });

  it.each([
    ["bounded", relu({ maxValue: 6 })],
    ["leaky", relu({ negativeSlope: 0.1 })],
    ["leaky by its name", leakyRelu()],
  ])("applies a %s ReLU in place, where a plain one would be", (_, other) => {
    const narrow = ["conv2d_narrow_forward", "relu_forward", "relu_backward", "conv2d_backward_weights"];
    expect(kernels([conv(), other], IMAGE, true)).toEqual([...narrow, "bias_backward"]);
    const found = kernels([flatten(), dense({ units: 4 }), other], IMAGE, true);
    expect(found.filter((kernel) => kernel.startsWith("relu"))).toEqual(["relu_forward", "relu_backward"]);
  });

  it.each([
    ["plain", relu(), []],
    ["bounded", relu({ maxValue: 6 }), []],
    ["leaky", leakyRelu(), ["relu_forward", "relu_backward"]],
  ])("leaves of a %s ReLU after a normalisation what is no bound", (_, other, wanted) => {
    const found = kernels([batchNormalization(), other], IMAGE, false);
    expect(found.filter((kernel) => kernel.startsWith("relu"))).toEqual(wanted);
  });

  it.each([
    ["pointwise", conv2d({ filters: 8, kernelSize: 1 })],
    ["strided", conv2d({ filters: 8, kernelSize: 3, strides: 2 })],
    ["depthwise", depthwiseConv2d({ kernelSize: 3 })],
  ])("bounds the outputs of a %s convolution as they are stored", (_, layer) => {
    const found = kernels([layer, relu({ maxValue: 6 })], [8, 8, 8], true);
    expect(found.filter((kernel) => kernel.startsWith("relu"))).toEqual(["relu_backward"]);
  });

  it("leaves windows of other kinds to the pooling, which applies the ReLU", () => {
    const others = [
      { poolSize: 3 },
      { strides: 1 },
      { padding: 1 },
      { dilationRate: 2 },
      { dilationRate: [1, 2] },
    ] as const;
    for (const pooling of others.map(maxPooling2d)) {
      const wanted = ["conv2d_narrow_forward", "max_pool_forward", "max_pool_backward"];
      expect(kernels([conv(), relu(), pooling], IMAGE, true)).toEqual([
        ...wanted,
        ...["conv2d_backward_weights", "bias_backward"],
      ]);
    }
  });

  it("lets a pooling apply the ReLU before it after any layer", () => {
    const layers = [conv(8), relu(), maxPooling2d(), conv(4), batchNormalization(), relu(), maxPooling2d()];
    const found = kernels(layers, [14, 14, 8], false);
    expect(found.filter((kernel) => /relu|max_pool/.test(kernel))).toEqual([
      "max_pool_forward",
      "max_pool_forward",
      "max_pool_backward",
      "max_pool_backward",
    ]);
  });

  it("pads for the zeros around an image before a convolution", () => {
    const padded = (layers: readonly Layer[]) => calls(layers, IMAGE, true).filter(({ kernel }) => kernel === "pad2d");
    expect(padded([zeroPadding2d({ padding: 2 }), conv2d({ filters: 8, kernelSize: 3, padding: 1 })])).toHaveLength(1);
    expect(padded([zeroPadding2d(), separableConv2d({ filters: 8, kernelSize: 3 })])).toHaveLength(1);
    expect(padded([zeroPadding2d(), maxPooling2d(), conv()])).toHaveLength(1);
  });

  it("applies a ReLU behind a transposed or separable convolution", () => {
    const transposed = conv2dTranspose({ filters: 8, kernelSize: 3 });
    const forward = ["conv2d_backward_data", "add_bias", "relu_backward"];
    expect(kernels([transposed, relu()], IMAGE, true)).toEqual([
      ...forward,
      "bias_backward",
      "conv2d_backward_weights",
    ]);
    const separable = separableConv2d({ filters: 8, kernelSize: 3, useBias: false });
    expect(kernels([separable, relu()], [8, 8, 4], true)).toEqual([
      "depthwise_forward",
      "conv2d_forward",
      "relu_backward",
      "conv2d_backward_data",
      "conv2d_backward_weights",
      "depthwise_backward_weights",
    ]);
  });

  it("takes a convolution as any other where its input's gradient is wanted, or its filters are few", () => {
    expect(kernels([conv()], IMAGE, false)).toContain("conv2d_backward_data");
    expect(kernels([conv(3), maxPooling2d()], IMAGE, true)).toContain("max_pool_backward");
    expect(kernels([flatten(), dense({ units: 4 }), relu()], IMAGE, true)).not.toContain("relu_forward");
  });

  describe.each([
    ["plain", () => relu()],
    ["bounded", () => relu({ maxValue: 0.5 })],
    ["leaky, bounded", () => relu({ maxValue: 0.5, negativeSlope: 0.25 })],
  ])("a sum applies a %s ReLU", (_, rectified) => {
    const ways = () => [
      conv2d({ name: "a", filters: 3, kernelSize: 3, padding: 1 }),
      conv2d({ name: "b", filters: 3, kernelSize: 1, inputs: "input" }),
    ];

    it.each([
      ["two inputs", ["a", "b"]],
      ["three inputs", ["a", "b", "input"]],
      ["an input twice", ["a", "a", "b"]],
    ])("of %s, in place, and computes one gradient for all", async (_, inputs) => {
      const sum = [...ways(), add({ inputs }), rectified()];
      const [forward, backward, ...more] = calls(sum, [4, 5, 3], true).filter(({ kernel }) =>
        kernel.startsWith("relu"),
      );
      expect([forward.kernel, backward.kernel, ...more]).toEqual(["relu_forward", "relu_backward"]);
      const [from, to] = forward.arguments;
      expect(to).toBe(from);
      // A layer between that changes nothing keeps them apart.
      const apart = [...ways(), add({ inputs }), dropout({ rate: 0 }), rectified()];
      const [one, other] = await Promise.all([sum, apart].map((layers) => placeLayers(layers, [4, 5, 3], 3)));
      const x = normal("x", 3 * 60);
      for (const mode of ["inference", "training"] as const)
        expect(one.forward(x, mode)).toEqual(other.forward(x, mode));
      expect(one.backward(normal("dy", 3 * 60))).toEqual(other.backward(normal("dy", 3 * 60)));
    });
  });
});
