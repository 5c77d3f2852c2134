/** Operators that work on several tensors which depend on the images, as layers. */

import { add } from "../../../layers/add.ts";
import { average } from "../../../layers/average.ts";
import { concatenate } from "../../../layers/concatenate.ts";
import type { Layer } from "../../../layers/layer.ts";
import { maximum } from "../../../layers/maximum.ts";
import { multiply } from "../../../layers/multiply.ts";
import { subtract } from "../../../layers/subtract.ts";
import { upSampling2d } from "../../../layers/up-sampling2d.ts";
import type { Builder, MapNode } from "../builder.ts";
import { broadcast } from "../constant.ts";
import {
  arranged,
  dimsOf,
  imageOf,
  inPlaceOf,
  memoryOrder,
  type Placed,
  placed,
  placedImage,
  together,
} from "../layout.ts";
import type { OpNode } from "../op-node.ts";

const MAKE: Readonly<Record<string, () => Layer>> = {
  Add: add,
  Sum: add,
  Sub: subtract,
  Mul: multiply,
  Max: maximum,
  Mean: average,
};

/** The operators that work element by element, all inputs of which depend on the images. */
export const MERGING_MAPS: Readonly<Record<string, MapNode>> = Object.fromEntries(
  Object.keys(MAKE).map((op): [string, MapNode] => [op, merged]),
);

function merged(node: OpNode, net: Builder): Placed {
  const values = node.inputs.map((_, i) => placedInput(node, net, i));
  const [first, ...others] = values;
  if (others.length === 0) return first;
  const layer = MAKE[node.op]();
  if (values.length > 2) {
    const isSame = values.every((value) => dimsOf(value).join() === dimsOf(first).join());
    if (!isSame) throw node.unsupported("inputs of one shape", values.map((value) => `[${dimsOf(value)}]`).join(", "));
    return inPlaceOf(
      first,
      layer.apply([first.tensor, ...others.map((value) => together(node, first, value).tensors[1])]),
    );
  }
  const [second] = others;
  if (dimsOf(first).join() === dimsOf(second).join()) {
    const { like, tensors } = together(node, first, second);
    return inPlaceOf(like, layer.apply(tensors));
  }
  return spread(node, first, second, layer);
}

/** The place of an input, of which constants have none. */
function placedInput(node: OpNode, net: Builder, index: number): Placed {
  const value = node.input(index);
  if (value.constant === undefined) return net.placed(node, value);
  const got = `a constant of shape [${value.dims}]`;
  throw node.unsupported("a constant with one number, or one for each channel", got);
}

/** Two values of which one is spread over the other: numbers for the channels of an image, or an image of fewer pixels. */
function spread(node: OpNode, first: Placed, second: Placed, layer: Layer): Placed {
  const [ours, theirs] = [dimsOf(first), dimsOf(second)];
  const dims = broadcast(ours, theirs);
  const got = `[${ours}] and [${theirs}]`;
  const isImage = dims !== undefined && (dims.length === 2 || dims.length === 3);
  if (!isImage || ours.length !== theirs.length || ours[0] !== theirs[0]) {
    throw node.unsupported("inputs of one shape, or an image and numbers for its channels", got);
  }
  const images = [imageOf(node, first), imageOf(node, second)];
  const [height, width] = [
    Math.max(images[0].shape[0], images[1].shape[0]),
    Math.max(images[0].shape[1], images[1].shape[1]),
  ];
  const isSmall = ({ shape }: { readonly shape: readonly number[] }) => shape[0] === 1 && shape[1] === 1;
  // A product with one number for each channel needs no copies of it.
  const isGate = node.op === "Mul" && images.some(isSmall);
  const spreadImages = images.map((image) => {
    const size = [height / image.shape[0], width / image.shape[1]] as const;
    return isGate || size.join() === "1,1" ? image : upSampling2d({ size }).apply(image);
  });
  return placedImage(layer.apply(spreadImages), dims.length);
}

export const concatenation: MapNode = (node, net) => {
  const values = node.inputs.map((_, i) => placedInput(node, net, i));
  const [first] = values;
  const rank = first.axes.length;
  const axis = node.axis(node.number("axis", 1), rank + 1) - 1;
  if (axis < 0) throw node.unsupported("an axis of single images", "the batch");
  if (values.length === 1) return first;
  if (rank > 3) throw node.unsupported("images of one or two axes and channels", `${rank} axes`);
  const order = memoryOrder(first);
  const tensors = values.map((value) =>
    arranged(
      node,
      value,
      order.map((i) => [i]),
    ),
  );
  const tensor = concatenate({ axis: order.indexOf(axis) + 1 }).apply(tensors);
  return placed(tensor, node.output.dims.slice(1), order);
};
