import type { Node } from "../../graph/graph.ts";
import { CONV2D } from "../../layers/conv2d.ts";
import { DEPTHWISE_CONV2D } from "../../layers/depthwise-conv2d.ts";
import type { WindowOptions } from "../../layers/geometry.ts";
import { convolutionGeometry, type PoolGeometry } from "../../layers/geometry.ts";
import { SEPARABLE_CONV2D } from "../../layers/separable-conv2d.ts";
import { asTheyAre, convolutionKernel, denseKernel, ofImage } from "../channels-first.ts";
import { optionsOf } from "../layer-options.ts";
import { transposedWindows } from "../transposed-windows.ts";
import type { OnnxNetwork, Value, WriteNode } from "./onnx-network.ts";

/** The attributes of windows. */
export function windowAttributes({ strideH, strideW, padTop, padLeft, padBottom, padRight, ...d }: PoolGeometry) {
  return {
    kernel_shape: { ints: [d.r, d.s] },
    strides: { ints: [strideH, strideW] },
    pads: { ints: [padTop, padLeft, padBottom, padRight] },
  };
}

type Options = Pick<WindowOptions, "padding" | "strides"> & {
  readonly kernelSize: readonly [number, number];
  readonly dilationRate: readonly [number, number];
};

function convolution(
  net: OnnxNetwork,
  node: Node,
  input: string,
  [h, w]: readonly number[],
  { kernelSize: kernel, strides, padding, dilationRate: dilation }: Options,
  { kernel: name, bias, groups }: { readonly kernel: string; readonly bias: boolean; readonly groups: number },
): string {
  const geometry = convolutionGeometry({ name: node.path, h, w, kernel, strides, padding, dilation });
  const kernelWeight = net.get(node, name);
  const theirs = name === "kernel" ? "weight" : `${name.replace("Kernel", "")}.weight`;
  const weight = net.weight(node, kernelWeight, theirs, convolutionKernel(kernelWeight.shape));
  const biasWeight = bias ? net.find(node, "bias") : undefined;
  const tied =
    biasWeight?.shape.length === 1 ? [net.weight(node, biasWeight, "bias", asTheyAre(biasWeight.shape))] : [];
  const output = net.node(node.path, "Conv", [input, weight, ...tied], {
    ...windowAttributes(geometry),
    dilations: { ints: [geometry.dilationH, geometry.dilationW] },
    group: { int: groups },
  });
  if (biasWeight === undefined || tied.length > 0) return output;
  return net.node(node.path, "Add", [output, net.weight(node, biasWeight, "bias", ofImage(biasWeight.shape))]);
}

/** Writes `conv2d`. A bias for each position is a sum of its own. */
export const writeConv2d: WriteNode = (net, node, [input]) => {
  const options = optionsOf(node, CONV2D);
  const { groups } = options;
  const name = convolution(net, node, input.name, input.shape, options, { kernel: "kernel", bias: true, groups });
  return { name, shape: node.output.shape };
};

/** Writes `depthwiseConv2d`, a convolution of as many groups as channels. */
export const writeDepthwiseConv2d: WriteNode = (net, node, [input]) => {
  const options = optionsOf(node, DEPTHWISE_CONV2D);
  const groups = input.shape[2];
  const name = convolution(net, node, input.name, input.shape, options, { kernel: "kernel", bias: true, groups });
  return { name, shape: node.output.shape };
};

/** Writes `separableConv2d` as its two convolutions. */
export const writeSeparableConv2d: WriteNode = (net, node, [input]) => {
  const options = optionsOf(node, SEPARABLE_CONV2D);
  const first = { kernel: "depthwiseKernel", bias: false, groups: input.shape[2] };
  const between = convolution(net, node, input.name, input.shape, options, first);
  const single = { kernelSize: [1, 1], strides: [1, 1], padding: "valid", dilationRate: [1, 1] } as const;
  const second = { kernel: "pointwiseKernel", bias: true, groups: 1 };
  return { name: convolution(net, node, between, node.output.shape, single, second), shape: node.output.shape };
};

/** Writes `conv2dTranspose`. */
export const writeConv2dTranspose: WriteNode = (net, node, [input]) => {
  const { d, kernel, strides, dilation, groups, outputPadding } = transposedWindows(node, input.shape);
  const kernelWeight = net.get(node, "kernel");
  const bias = net.find(node, "bias");
  const name = net.node(
    node.path,
    "ConvTranspose",
    [
      input.name,
      net.weight(node, kernelWeight, "weight", convolutionKernel(kernelWeight.shape), 1),
      ...(bias === undefined ? [] : [net.weight(node, bias, "bias", asTheyAre(bias.shape))]),
    ],
    {
      kernel_shape: { ints: kernel },
      strides: { ints: strides },
      dilations: { ints: dilation },
      pads: { ints: [d.padTop, d.padLeft, d.padBottom, d.padRight] },
      output_padding: { ints: outputPadding },
      group: { int: groups },
    },
  );
  return { name, shape: node.output.shape };
};

/** Writes `dense`, whose weights follow the order of its inputs. */
export const writeDense: WriteNode = (net, node, [input]): Value => {
  const kernel = net.get(node, "kernel");
  const bias = net.find(node, "bias");
  const inputs = [
    input.name,
    net.weight(node, kernel, "weight", denseKernel(kernel.shape, input.image)),
    ...(bias === undefined ? [] : [net.weight(node, bias, "bias", asTheyAre(bias.shape))]),
  ];
  return { name: net.node(node.path, "Gemm", inputs, { transB: { int: 1 } }), shape: node.output.shape };
};
