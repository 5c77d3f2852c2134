import { describe, expect, it } from "vitest";
import { buildGraph } from "../../src/graph/build.ts";
import { readLayers } from "../../src/graph/read.ts";
import { ACTIVATIONS } from "../../src/layers/activation.ts";
import type { Shape } from "../../src/layers/shape.ts";

/** The output shape of one layer that is described as in a file. */
function outputOf(layer: object, input: Shape): Shape {
  return buildGraph(readLayers([layer], "layers"), input).outputs[0].tensor.shape;
}

/** Names and shapes of a layer's parameters. */
function parametersOf(layer: object, input: Shape): [string, Shape][] {
  return readLayers([layer], "layers")[0]
    .parameters([input])
    .map(({ name, shape }) => [name, shape]);
}

describe("output shapes, as Keras has them", () => {
  // Worked out by hand: valid floor((n - extent) / stride) + 1, same ceil(n / stride), extent (k - 1) dilation + 1.
  it.each([
    { layer: { type: "conv2d", filters: 4, kernelSize: 3 }, input: [28, 20, 1], output: [26, 18, 4] },
    { layer: { type: "conv2d", filters: 4, kernelSize: [5, 2] }, input: [28, 20, 1], output: [24, 19, 4] },
    { layer: { type: "conv2d", filters: 4, kernelSize: 3, strides: 2 }, input: [28, 27, 1], output: [13, 13, 4] },
    {
      layer: { type: "conv2d", filters: 4, kernelSize: 3, strides: 2, padding: "same" },
      input: [28, 27, 1],
      output: [14, 14, 4],
    },
    {
      layer: { type: "conv2d", filters: 4, kernelSize: 3, dilationRate: 3 },
      input: [28, 20, 1],
      output: [22, 14, 4],
    },
    { layer: { type: "conv2d", filters: 4, kernelSize: 5, padding: 2 }, input: [28, 20, 1], output: [28, 20, 4] },
    {
      layer: { type: "conv2d", filters: 4, kernelSize: 3, padding: [0, 1] },
      input: [8, 8, 1],
      output: [6, 8, 4],
    },
    {
      layer: {
        type: "conv2d",
        filters: 4,
        kernelSize: 3,
        padding: [
          [1, 0],
          [2, 1],
        ],
      },
      input: [8, 8, 1],
      output: [7, 9, 4],
    },
    { layer: { type: "conv2d", filters: 6, kernelSize: 3, groups: 2 }, input: [8, 8, 4], output: [6, 6, 6] },
    { layer: { type: "depthwiseConv2d", kernelSize: 3 }, input: [8, 8, 5], output: [6, 6, 5] },
    { layer: { type: "depthwiseConv2d", kernelSize: 3, depthMultiplier: 3 }, input: [8, 8, 5], output: [6, 6, 15] },
    { layer: { type: "dense", units: 7 }, input: [12], output: [7] },
    { layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3 }, input: [7, 5, 2], output: [9, 7, 4] },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3, strides: 2 },
      input: [7, 5, 2],
      output: [15, 11, 4],
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 2, strides: 3 },
      input: [7, 5, 2],
      output: [21, 15, 4],
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: [3, 4], strides: 2, padding: "same" },
      input: [7, 5, 2],
      output: [14, 10, 4],
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3, strides: 2, padding: "same", outputPadding: 0 },
      input: [7, 5, 2],
      output: [13, 9, 4],
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3, strides: 2, padding: 1, outputPadding: 1 },
      input: [7, 5, 2],
      output: [14, 10, 4],
    },
    { layer: { type: "separableConv2d", filters: 4, kernelSize: 3, strides: 2 }, input: [8, 7, 5], output: [3, 3, 4] },
    { layer: { type: "globalMaxPooling2d" }, input: [9, 7, 3], output: [3] },
    { layer: { type: "adaptiveAveragePooling2d", outputSize: [2, 5] }, input: [9, 3, 6], output: [2, 5, 6] },
    { layer: { type: "zeroPadding2d" }, input: [9, 7, 3], output: [11, 9, 3] },
    { layer: { type: "cropping2d", cropping: [1, 2] }, input: [9, 7, 3], output: [7, 3, 3] },
    { layer: { type: "reshape", targetShape: [3, -1, 7] }, input: [9, 7, 3], output: [3, 9, 7] },
    { layer: { type: "reshape", targetShape: [-1] }, input: [9, 7, 3], output: [189] },
    { layer: { type: "permute", dims: [3, 1, 2] }, input: [9, 7, 3], output: [3, 9, 7] },
    { layer: { type: "channelSlice", start: 2 }, input: [9, 7, 5], output: [9, 7, 3] },
    { layer: { type: "channelShuffle", groups: 5 }, input: [9, 7, 10], output: [9, 7, 10] },
    { layer: { type: "rescaling", scale: 2 }, input: [9, 7, 5], output: [9, 7, 5] },
    { layer: { type: "maxPooling2d" }, input: [27, 28, 3], output: [13, 14, 3] },
    { layer: { type: "maxPooling2d", padding: "same" }, input: [27, 28, 3], output: [14, 14, 3] },
    { layer: { type: "maxPooling2d", ceilMode: true }, input: [27, 28, 3], output: [14, 14, 3] },
    { layer: { type: "maxPooling2d", poolSize: 3, strides: 2 }, input: [27, 28, 3], output: [13, 13, 3] },
    { layer: { type: "averagePooling2d", poolSize: [3, 2] }, input: [27, 28, 3], output: [9, 14, 3] },
    { layer: { type: "averagePooling2d", poolSize: 3, strides: 1, padding: 1 }, input: [9, 9, 3], output: [9, 9, 3] },
    { layer: { type: "globalAveragePooling2d" }, input: [9, 7, 3], output: [3] },
    { layer: { type: "upSampling2d" }, input: [9, 7, 3], output: [18, 14, 3] },
    { layer: { type: "upSampling2d", size: [1, 5], interpolation: "bilinear" }, input: [9, 7, 3], output: [9, 35, 3] },
    { layer: { type: "flatten" }, input: [9, 7, 3], output: [189] },
    { layer: { type: "flatten" }, input: [5], output: [5] },
    { layer: { type: "flatten", axis: 1 }, input: [9, 7, 3], output: [189] },
    { layer: { type: "flatten", axis: 2 }, input: [9, 7, 3], output: [9, 1, 21] },
    { layer: { type: "flatten", axis: 3 }, input: [9, 7, 3], output: [63, 1, 3] },
    // PyTorch 2.13: max_pool2d of [27, 28] with window 2, stride 2, dilation 3; window 3, stride 1, padding 1, dilation 2.
    { layer: { type: "maxPooling2d", dilationRate: 3 }, input: [27, 28, 3], output: [12, 13, 3] },
    {
      layer: { type: "maxPooling2d", poolSize: 3, strides: 1, padding: 1, dilationRate: 2 },
      input: [27, 28, 3],
      output: [25, 26, 3],
    },
    { layer: { type: "averagePooling2d", dilationRate: 3, padding: "same" }, input: [27, 28, 3], output: [14, 14, 3] },
    { layer: { type: "batchNormalization" }, input: [9, 7, 3], output: [9, 7, 3] },
    { layer: { type: "dropout", rate: 0.5 }, input: [9, 7, 3], output: [9, 7, 3] },
    { layer: { type: "softmax" }, input: [10], output: [10] },
    { layer: { type: "residual", layers: [{ type: "relu" }] }, input: [9, 7, 3], output: [9, 7, 3] },
    {
      layer: {
        type: "residual",
        layers: [{ type: "conv2d", filters: 5, kernelSize: 3, strides: 2, padding: "same" }],
        shortcut: [{ type: "conv2d", filters: 5, kernelSize: 1, strides: 2 }],
      },
      input: [9, 7, 3],
      output: [5, 4, 5],
    },
  ])("$layer on $input gives $output", ({ layer, input, output }) => {
    expect(outputOf(layer, input)).toEqual(output);
  });

  it.each(Object.keys(ACTIVATIONS))("%s keeps the shape", (type) => {
    expect(outputOf({ type }, [3, 4, 5])).toEqual([3, 4, 5]);
  });
});

describe("parameters", () => {
  it.each([
    {
      layer: { type: "conv2d", filters: 8, kernelSize: [3, 5] },
      input: [9, 9, 4],
      parameters: [
        ["kernel", [3, 5, 4, 8]],
        ["bias", [8]],
      ],
    },
    {
      layer: { type: "conv2d", filters: 8, kernelSize: 3, groups: 2, useBias: false },
      input: [9, 9, 4],
      parameters: [["kernel", [3, 3, 2, 8]]],
    },
    {
      layer: { type: "conv2d", filters: 8, kernelSize: 3, untiedBias: true },
      input: [9, 8, 4],
      parameters: [
        ["kernel", [3, 3, 4, 8]],
        ["bias", [7, 6, 8]],
      ],
    },
    {
      layer: { type: "depthwiseConv2d", kernelSize: 3, depthMultiplier: 2 },
      input: [9, 9, 4],
      parameters: [
        ["kernel", [3, 3, 1, 8]],
        ["bias", [8]],
      ],
    },
    {
      layer: { type: "conv2dTranspose", filters: 8, kernelSize: [3, 2], groups: 2 },
      input: [9, 9, 4],
      parameters: [
        ["kernel", [3, 2, 4, 4]],
        ["bias", [8]],
      ],
    },
    {
      layer: { type: "separableConv2d", filters: 8, kernelSize: 3, depthMultiplier: 2 },
      input: [9, 9, 4],
      parameters: [
        ["depthwiseKernel", [3, 3, 1, 8]],
        ["pointwiseKernel", [1, 1, 8, 8]],
        ["bias", [8]],
      ],
    },
    {
      layer: { type: "dense", units: 3 },
      input: [5],
      parameters: [
        ["kernel", [5, 3]],
        ["bias", [3]],
      ],
    },
    { layer: { type: "dense", units: 3, useBias: false }, input: [5], parameters: [["kernel", [5, 3]]] },
    {
      layer: { type: "batchNormalization" },
      input: [9, 9, 4],
      parameters: [
        ["gamma", [4]],
        ["beta", [4]],
        ["movingMean", [4]],
        ["movingVariance", [4]],
      ],
    },
    {
      layer: {
        type: "residual",
        layers: [{ type: "dense", name: "a", units: 2, useBias: false }],
        shortcut: [{ type: "dense", name: "a", units: 2, useBias: false }],
      },
      input: [5],
      parameters: [
        ["a/kernel", [5, 2]],
        ["shortcut/a/kernel", [5, 2]],
      ],
    },
    { layer: { type: "dropout", rate: 0.5 }, input: [5], parameters: [] },
  ])("of $layer", ({ layer, input, parameters }) => {
    expect(parametersOf(layer, input)).toEqual(parameters);
  });
});

describe("multiply-adds", () => {
  it.each([
    // Outputs times the length of each one's sum.
    { layer: { type: "conv2d", filters: 8, kernelSize: 3 }, input: [10, 10, 4], count: 8 * 8 * 8 * 3 * 3 * 4 },
    { layer: { type: "conv2d", filters: 8, kernelSize: 3, groups: 4 }, input: [10, 10, 4], count: 8 * 8 * 8 * 3 * 3 },
    { layer: { type: "depthwiseConv2d", kernelSize: 3 }, input: [10, 10, 4], count: 8 * 8 * 4 * 3 * 3 },
    { layer: { type: "conv2dTranspose", filters: 8, kernelSize: 3 }, input: [5, 6, 4], count: 5 * 6 * 4 * 3 * 3 * 8 },
    {
      layer: { type: "separableConv2d", filters: 8, kernelSize: 3 },
      input: [10, 10, 4],
      count: 8 * 8 * 4 * (3 * 3 + 8),
    },
    { layer: { type: "dense", units: 3 }, input: [5], count: 15 },
    {
      layer: {
        type: "residual",
        layers: [{ type: "dense", units: 2 }],
        shortcut: [{ type: "dense", units: 2, name: "s" }],
      },
      input: [5],
      count: 20,
    },
    { layer: { type: "relu" }, input: [5], count: 0 },
  ])("of $layer", ({ layer, input, count }) => {
    expect(readLayers([layer], "layers")[0].multiplyAdds([input])).toBe(count);
  });
});

describe("shapes that do not fit", () => {
  it.each([
    {
      layer: { type: "conv2d", name: "c2", filters: 4, kernelSize: 3 },
      input: [16],
      message: 'conv2d "c2": expected an input of [height, width, channels], got [16]',
    },
    {
      layer: { type: "conv2d", filters: 4, kernelSize: 9 },
      input: [8, 10, 1],
      message: 'conv2d "conv2d": expected a kernel height of at most 8 (input 8 and padding 0 + 0), got 9',
    },
    {
      layer: { type: "conv2d", filters: 4, kernelSize: 3, groups: 2 },
      input: [8, 10, 3],
      message: 'conv2d "conv2d": expected input channels divisible by 2 groups, got 3',
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3, padding: 2 },
      input: [1, 3, 1],
      message: 'conv2dTranspose "conv2dTranspose": expected an output height of at least 1, got 3 less padding 2 + 2',
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3, strides: 2, outputPadding: 2 },
      input: [4, 4, 1],
      message: 'conv2dTranspose "conv2dTranspose": expected outputPadding below the strides, 2, got 2',
    },
    {
      layer: { type: "conv2dTranspose", filters: 4, kernelSize: 3, groups: 2 },
      input: [4, 4, 3],
      message: 'conv2dTranspose "conv2dTranspose": expected input channels divisible by 2 groups, got 3',
    },
    {
      layer: { type: "cropping2d", cropping: [2, 3] },
      input: [4, 9, 1],
      message: 'cropping2d "cropping2d": expected an input of more than 4 x 6, got 4 x 9',
    },
    {
      layer: { type: "reshape", targetShape: [2, -1] },
      input: [3, 3, 1],
      message: 'reshape "reshape": expected an input of the size of [2,-1], got [3,3,1], 9 numbers',
    },
    {
      layer: { type: "permute", dims: [2, 1] },
      input: [3, 3, 1],
      message: 'permute "permute": expected an input of 2 axes, got [3,3,1]',
    },
    {
      layer: { type: "channelSlice", start: 2, end: 5 },
      input: [3, 3, 4],
      message: 'channelSlice "channelSlice": expected an input of at least 5 channels, got [3,3,4]',
    },
    {
      layer: { type: "channelShuffle", groups: 3 },
      input: [3, 3, 4],
      message: 'channelShuffle "channelShuffle": expected input channels divisible by 3 groups, got 4',
    },
    {
      layer: { type: "maxPooling2d", name: "p", poolSize: 3 },
      input: [2, 10, 3],
      message: 'maxPooling2d "p": expected a kernel height of at most 2 (input 2 and padding 0 + 0), got 3',
    },
    {
      layer: { type: "averagePooling2d", poolSize: 2, padding: 2 },
      input: [8, 8, 3],
      message: `averagePooling2d "averagePooling2d": expected padding below the window's 2, got 2`,
    },
    {
      layer: { type: "maxPooling2d", poolSize: 3, dilationRate: 4 },
      input: [8, 10, 3],
      message:
        'maxPooling2d "maxPooling2d": expected a kernel height of at most 8 (input 8 and padding 0 + 0), got 9 ' +
        "(3, dilated by 4)",
    },
    {
      layer: { type: "averagePooling2d", dilationRate: 3, padding: 1 },
      input: [2, 9, 3],
      message:
        'averagePooling2d "averagePooling2d": expected an element of the input in every window, got an input of 2 ' +
        "between taps 3 apart",
    },
    {
      layer: { type: "layerNormalization", axis: [1, 2] },
      input: [9, 7, 3],
      message: 'layerNormalization "layerNormalization": expected the last axis or all axes of inputs [9,7,3], got 1,2',
    },
    {
      layer: { type: "layerNormalization", axis: [3, -1] },
      input: [9, 7, 3],
      message: 'layerNormalization "layerNormalization": expected axes of inputs [9,7,3], each once, got 3, -1',
    },
    {
      layer: { type: "groupNormalization", groups: 4 },
      input: [9, 7, 6],
      message:
        'groupNormalization "groupNormalization": expected groups that divide the 6 channels of inputs [9,7,6], got 4',
    },
    {
      layer: { type: "flatten", axis: 2 },
      input: [7],
      message: 'flatten "flatten": expected an axis of at most 1 for an input of [7], got 2',
    },
    {
      layer: { type: "globalAveragePooling2d" },
      input: [7],
      message:
        'globalAveragePooling2d "globalAveragePooling2d": expected an input of [height, width, channels], got [7]',
    },
    {
      layer: { type: "upSampling2d" },
      input: [7],
      message: 'upSampling2d "upSampling2d": expected an input of [height, width, channels], got [7]',
    },
    {
      layer: { type: "dense", units: 10 },
      input: [4, 4, 2],
      message: 'dense "dense": expected an input of [inputs], got [4,4,2]; put flatten before it',
    },
    {
      layer: { type: "residual", name: "r", layers: [{ type: "dense", units: 3 }] },
      input: [4],
      message: 'residual "r": expected both ways to end in one shape, got [3] and [4] on the shortcut',
    },
    {
      layer: { type: "residual", name: "r", layers: [{ type: "dense", name: "d", units: 3 }] },
      input: [4, 4, 1],
      message: 'dense "r/d": expected an input of [inputs], got [4,4,1]; put flatten before it',
    },
  ])("$layer on $input", ({ layer, input, message }) => {
    expect(() => outputOf(layer, input)).toThrow(new RangeError(message));
  });
});
