/**
 * Adaptive average pooling, which ONNX has no operator for: products of images with matrices that have the means of windows.
 *
 * @module
 */

import { windowMeans } from "../../numeric/window-means.ts";
import { attributesOf, countUsers } from "./absorb.ts";
import type { Constant } from "./constant.ts";
import type { OpNode, Value } from "./op-node.ts";
import type { SimpleGraph } from "./simplify.ts";

/** The operator of the nodes that are made. */
const POOLING = "AdaptiveAveragePool";

/** Axes along which a node takes means. */
const SIDES = { rows: 0, columns: 1, both: 2 };

/** The graph with one node for means of rows, of columns, or of both one after the other. */
export function recognizeMeans(graph: SimpleGraph): SimpleGraph {
  const users = countUsers(graph);
  const nodes: OpNode[] = [];
  for (const node of graph.nodes) {
    const means = meansOf(node);
    if (means === undefined) {
      nodes.push(node);
      continue;
    }
    const { image, side } = means;
    const other = side === SIDES.rows ? SIDES.columns : SIDES.rows;
    const place = nodes.findIndex(({ op, outputs }) => op === POOLING && outputs[0]?.name === image.name);
    const isPair = nodes[place]?.number("side", other) === other && users.get(image.name) === 1;
    const [first] = place >= 0 && isPair ? nodes.splice(place, 1) : [];
    const attributes = attributesOf({ side: first === undefined ? side : SIDES.both });
    nodes.push(node.with({ op: POOLING, inputs: [first?.inputs[0] ?? image], attributes }));
  }
  return { ...graph, nodes };
}

/** The images that a product takes means of windows of; undefined for another node. */
function meansOf({ op, inputs, output }: OpNode): { readonly image: Value; readonly side: number } | undefined {
  const [a, b] = inputs;
  if (op !== "MatMul" || inputs.length !== 2 || a === undefined || b === undefined || output.dims.length !== 4) {
    return undefined;
  }
  const [image, matrix, side] =
    a.constant === undefined ? [a, b.constant?.transposed([1, 0]), SIDES.columns] : [b, a.constant, SIDES.rows];
  return matrix !== undefined && isMeans(matrix) ? { image, side } : undefined;
}

/** True for the matrix of the means of windows. */
function isMeans({ dims: [count, size], data }: Constant): boolean {
  const wanted = windowMeans(size, count);
  return wanted.every((value, i) => Math.abs(value - data[i]) <= 1e-6);
}
