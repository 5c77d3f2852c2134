import { CONCATENATE } from "../../layers/concatenate.ts";
import { optionsOf } from "../layer-options.ts";
import type { PythonNetwork, Value, WriteLayer } from "./python-network.ts";

/** Inputs in one order of values: the order that all of them have, otherwise convasm's. */
function alike(net: PythonNetwork, inputs: readonly Value[]): readonly Value[] {
  const [first] = inputs;
  const isOne = inputs.every(({ image }) => String(image) === String(first.image));
  return isOne ? inputs : inputs.map((input) => net.plain(input));
}

/** Writes a layer that merges tensors of one shape. */
export function writeMerging(merged: (codes: readonly string[]) => string): WriteLayer {
  return (net, _, given) => {
    const inputs = alike(net, given);
    return { ...inputs[0], code: merged(inputs.map(({ code }) => code)) };
  };
}

/** Writes `add`. */
export const writeAdd = writeMerging((codes) => `(${codes.join(" + ")})`);

/** Writes `subtract`. */
export const writeSubtract = writeMerging((codes) => `(${codes.join(" - ")})`);

/** Writes `average`. */
export const writeAverage = writeMerging((codes) => `((${codes.join(" + ")}) / ${codes.length})`);

/** Writes `maximum`. */
export const writeMaximum = writeMerging((codes) => codes.reduce((a, b) => `torch.maximum(${a}, ${b})`));

const product = writeMerging((codes) => `(${codes.join(" * ")})`);

/** Writes `multiply`, also of an image with a number for each channel. */
export const writeMultiply: WriteLayer = (net, node, given) => {
  const { shape } = node.output;
  if (given.every((input) => input.shape.length === shape.length)) return { ...product(net, node, given), shape };
  const codes = given.map((input) =>
    input.shape.length === 3 ? input.code : `${net.plain(input).code}[:, :, None, None]`,
  );
  return { code: `(${codes.join(" * ")})`, shape };
};

/** Writes `concatenate`. */
export const writeConcatenate: WriteLayer = (net, node, given) => {
  const { axis } = optionsOf(node, CONCATENATE);
  const { shape } = node.output;
  const own = axis < 0 ? shape.length + axis : axis - 1;
  const theirs = shape.length === 3 ? [2, 3, 1][own] : own + 1;
  return { code: `torch.cat((${given.map((input) => net.plain(input).code).join(", ")}), ${theirs})`, shape };
};
