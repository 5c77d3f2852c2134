import type { Node } from "../graph/graph.ts";
import { CONV2D_TRANSPOSE } from "../layers/conv2d-transpose.ts";
import type { Shape } from "../layers/shape.ts";
import { transposedGeometry } from "../layers/transposed-geometry.ts";
import { optionsOf } from "./layer-options.ts";

/**
 * The windows of a `conv2dTranspose` as ONNX and PyTorch say them: `outputPadding` is the number of rows and columns of the output
 * beyond those that input, strides and window make and that are not cut off.
 *
 * @param input shape [height, width, channels] of the layer's input
 */
export function transposedWindows(node: Node, [h, w]: Shape) {
  const options = optionsOf(node, CONV2D_TRANSPOSE);
  const { kernelSize: kernel, strides, padding, dilationRate: dilation, groups } = options;
  const { outputPadding: wanted } = options;
  const d = transposedGeometry({ name: node.path, h, w, kernel, strides, padding, dilation, outputPadding: wanted });
  const [rows, columns] = [h, w].map((size, i) => (size - 1) * strides[i] + (kernel[i] - 1) * dilation[i] + 1);
  const outputPadding = [d.h - (rows - d.padTop - d.padBottom), d.w - (columns - d.padLeft - d.padRight)];
  return { d, kernel, strides, dilation, groups, outputPadding };
}
