/**
 * Weights of a network as Keras keeps them: names, numbers and shapes. The order of values is ours.
 *
 * @module
 */

import { kerasParameter } from "../../formats/keras-names.ts";
import { type Graph, parametersOf } from "../../graph/graph.ts";
import { layoutsOf, type WeightLayout, type WeightLayouts } from "../weight-layout.ts";

/**
 * The weights of each node that has any, as Keras has them.
 *
 * @param isNumbered true for files of version 3, where the arrays of a layer are numbered
 */
export function kerasLayouts(graph: Graph, isNumbered: boolean): WeightLayouts {
  return layoutsOf(graph, (node) => {
    const channels = node.inputs[0].shape.at(-1) ?? 1;
    return parametersOf(node).map(({ name, shape }, i): WeightLayout => {
      const own = name.slice(node.path.length + 1);
      const isDepthwise = own === "depthwiseKernel" || (own === "kernel" && node.layer.type === "depthwiseConv2d");
      const [rows, columns, , filters] = shape;
      const theirShape = isDepthwise ? [rows, columns, channels, filters / channels] : shape;
      return { name, shape, theirs: isNumbered ? `${i}` : kerasParameter(own), theirShape, source: (index) => index };
    });
  });
}
