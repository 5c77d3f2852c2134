import type { Node } from "../../graph/graph.ts";
import { CONV2D } from "../../layers/conv2d.ts";
import { DEPTHWISE_CONV2D } from "../../layers/depthwise-conv2d.ts";
import { convolutionGeometry, type PoolGeometry, type WindowOptions } from "../../layers/geometry.ts";
import { SEPARABLE_CONV2D } from "../../layers/separable-conv2d.ts";
import { asTheyAre, convolutionKernel, denseKernel, ofImage } from "../channels-first.ts";
import { optionsOf } from "../layer-options.ts";
import { transposedWindows } from "../transposed-windows.ts";
import { type PythonNetwork, truth, tuple, type WriteLayer } from "./python-network.ts";

/** The padding of an image, as expressions have it. */
export type Padding = Pick<PoolGeometry, "padTop" | "padBottom" | "padLeft" | "padRight">;

/** True if both sides of each axis are padded alike. */
export function isSymmetric({ padTop, padBottom, padLeft, padRight }: Padding): boolean {
  return padTop === padBottom && padLeft === padRight;
}

/** An image with rows and columns around it. */
export function padded(code: string, { padTop, padBottom, padLeft, padRight }: Padding, value = ""): string {
  if (padTop + padBottom + padLeft + padRight === 0) return code;
  return `F.pad(${code}, ${tuple([padLeft, padRight, padTop, padBottom])}${value === "" ? "" : `, value=${value}`})`;
}

/** Arguments that differ from PyTorch's defaults. */
function differences(pairs: readonly (readonly [name: string, value: string, usual: string])[]): string {
  return pairs.map(([name, value, usual]) => (value === usual ? "" : `, ${name}=${value}`)).join("");
}

type Options = Pick<WindowOptions, "padding" | "strides"> & {
  readonly kernelSize: readonly [number, number];
  readonly dilationRate: readonly [number, number];
};

interface Part {
  /** Our name of the kernel. */
  readonly kernel: string;
  /** The path of the module. */
  readonly path: string;
  readonly groups: number;
  readonly bias: boolean;
}

/** The expression of a convolution, whose module is added. */
function convolution(
  net: PythonNetwork,
  node: Node,
  input: string,
  [h, w]: readonly number[],
  { kernelSize, strides, padding, dilationRate: dilation }: Options,
  { kernel: name, path, groups, bias }: Part,
): string {
  const geometry = convolutionGeometry({ name: node.path, h, w, kernel: kernelSize, strides, padding, dilation });
  const kernel = net.get(node, name);
  const own = bias ? net.find(node, "bias") : undefined;
  const isTied = own?.shape.length === 1;
  const [, , inputs, filters] = kernel.shape;
  const isEven = isSymmetric(geometry);
  const call = net.module(
    path,
    `nn.Conv2d(${inputs * groups}, ${filters}, ${tuple(kernelSize)}${differences([
      ["stride", tuple([geometry.strideH, geometry.strideW]), "(1, 1)"],
      ["padding", isEven ? tuple([geometry.padTop, geometry.padLeft]) : "(0, 0)", "(0, 0)"],
      ["dilation", tuple([geometry.dilationH, geometry.dilationW]), "(1, 1)"],
      ["groups", String(groups), "1"],
      ["bias", truth(isTied), "True"],
    ])})`,
  );
  net.weight(path, "weight", kernel, convolutionKernel(kernel.shape));
  const output = `${call}(${isEven ? input : padded(input, geometry)})`;
  if (own === undefined) return output;
  if (isTied) {
    net.weight(path, "bias", own, asTheyAre(own.shape));
    return output;
  }
  // A bias for each position.
  const order = ofImage(own.shape);
  const place = `${path}_bias`;
  const added = net.module(place, "nn.Module()");
  net.modules.push(`${added}.value = nn.Parameter(torch.zeros(${order.dims.join(", ")}))`);
  net.weight(place, "value", own, order);
  return `${output} + ${added}.value`;
}

/** Writes `conv2d`. */
export const writeConv2d: WriteLayer = (net, node, [input]) => {
  const options = optionsOf(node, CONV2D);
  const part = { kernel: "kernel", path: node.path, groups: options.groups, bias: true };
  return { code: convolution(net, node, input.code, input.shape, options, part), shape: node.output.shape };
};

/** Writes `depthwiseConv2d`. */
export const writeDepthwiseConv2d: WriteLayer = (net, node, [input]) => {
  const part = { kernel: "kernel", path: node.path, groups: input.shape[2], bias: true };
  const code = convolution(net, node, input.code, input.shape, optionsOf(node, DEPTHWISE_CONV2D), part);
  return { code, shape: node.output.shape };
};

/** Writes `separableConv2d` as two modules in one. */
export const writeSeparableConv2d: WriteLayer = (net, node, [input]) => {
  const options = optionsOf(node, SEPARABLE_CONV2D);
  const first = { kernel: "depthwiseKernel", path: `${node.path}/depthwise`, groups: input.shape[2], bias: false };
  const between = convolution(net, node, input.code, input.shape, options, first);
  const single = { kernelSize: [1, 1], strides: [1, 1], padding: "valid", dilationRate: [1, 1] } as const;
  const second = { kernel: "pointwiseKernel", path: `${node.path}/pointwise`, groups: 1, bias: true };
  return { code: convolution(net, node, between, node.output.shape, single, second), shape: node.output.shape };
};

/** Writes `conv2dTranspose`. Where sides are cut differently they are cut afterwards. */
export const writeConv2dTranspose: WriteLayer = (net, node, [input]) => {
  const { d, kernel, strides, dilation, groups, outputPadding } = transposedWindows(node, input.shape);
  const weight = net.get(node, "kernel");
  const bias = net.find(node, "bias");
  const isEven = isSymmetric(d);
  const [filters] = node.output.shape.slice(-1);
  const call = net.module(
    node.path,
    `nn.ConvTranspose2d(${input.shape[2]}, ${filters}, ${tuple(kernel)}${differences([
      ["stride", tuple(strides), "(1, 1)"],
      ["padding", isEven ? tuple([d.padTop, d.padLeft]) : "(0, 0)", "(0, 0)"],
      ["output_padding", tuple(outputPadding), "(0, 0)"],
      ["groups", String(groups), "1"],
      ["bias", truth(bias !== undefined), "True"],
      ["dilation", tuple(dilation), "(1, 1)"],
    ])})`,
  );
  net.weight(node.path, "weight", weight, convolutionKernel(weight.shape));
  if (bias !== undefined) net.weight(node.path, "bias", bias, asTheyAre(bias.shape));
  const cut = isEven ? "" : `[:, :, ${d.padTop}:${d.padTop + d.h}, ${d.padLeft}:${d.padLeft + d.w}]`;
  return { code: `${call}(${input.code})${cut}`, shape: node.output.shape };
};

/** Writes `dense`, whose weights follow the order of its inputs. */
export const writeDense: WriteLayer = (net, node, [input]) => {
  const kernel = net.get(node, "kernel");
  const bias = net.find(node, "bias");
  const [inputs, units] = kernel.shape;
  const call = net.module(node.path, `nn.Linear(${inputs}, ${units}${bias === undefined ? ", bias=False" : ""})`);
  net.weight(node.path, "weight", kernel, denseKernel(kernel.shape, input.image));
  if (bias !== undefined) net.weight(node.path, "bias", bias, asTheyAre(bias.shape));
  return { code: `${call}(${input.code})`, shape: node.output.shape };
};
