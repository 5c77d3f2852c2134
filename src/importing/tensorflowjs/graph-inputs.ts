/**
 * Inputs of operations of TensorFlow: tensors, constants, and options of windows.
 *
 * @module
 */

import type { Json } from "../../json.ts";
import type { Ref } from "../draft.ts";
import type { Placed } from "./placed-node.ts";
import type { WeightArray } from "./weights.ts";

/** An input that is a tensor of the network. */
export function tensorAt({ node, inputs }: Placed, index: number): Ref {
  const value = inputs[index];
  if (value !== undefined && "ref" in value) return value.ref;
  throw node.wrong(`a tensor made of images as input ${index}`, "a constant, or none");
}

/** An input that is known. */
export function arrayAt({ node, inputs }: Placed, index: number): WeightArray {
  const value = inputs[index];
  if (value !== undefined && "array" in value) return value.array;
  throw node.wrong(`a constant as input ${index}`, "a tensor made of images, or none");
}

function padding(placed: Placed): Json {
  const { node } = placed;
  const word = node.text("padding", "VALID");
  if (word === "SAME" || word === "VALID") return word.toLowerCase();
  const explicit = node.numbers("explicit_paddings");
  if (word === "EXPLICIT" && explicit.length === 8) return [explicit.slice(2, 4), explicit.slice(4, 6)];
  throw node.wrong("padding SAME, VALID or EXPLICIT", word);
}

/** Numbers of rows and columns among those of four axes. */
export function rowsAndColumns({ node }: Placed, key: string): [number, number] {
  const numbers = node.numbers(key);
  if (numbers.length === 0) return [1, 1];
  if (numbers.length !== 4 || numbers[0] !== 1 || numbers[3] !== 1)
    throw node.wrong(`${key} of rows and columns`, numbers);
  return [numbers[1], numbers[2]];
}

/** Options of windows: strides, padding, and dilation. */
export function windows(placed: Placed): Readonly<Record<string, Json>> {
  if (placed.node.text("data_format", "NHWC") !== "NHWC") throw placed.node.wrong("data_format NHWC", "NCHW");
  return {
    strides: rowsAndColumns(placed, "strides"),
    dilationRate: rowsAndColumns(placed, "dilations"),
    padding: padding(placed),
  };
}
