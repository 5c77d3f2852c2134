/** Operators that move, copy or drop values, as layers or as nothing at all. */

import { channelSlice } from "../../../layers/channel-slice.ts";
import { cropping2d } from "../../../layers/cropping2d.ts";
import { zeroPadding2d } from "../../../layers/zero-padding2d.ts";
import type { MapNode } from "../builder.ts";
import { arranged, dimsOf, memoryOrder, type Placed, placed, regrouped, shaped, transposed } from "../layout.ts";
import type { OpNode } from "../op-node.ts";
import { orderOf, paddingOf, slicesOf, splitOf } from "../shapes.ts";

/** Operators that give the same values another shape: the batch stays the first axis. */
export const reshaped: MapNode = (node, net) => {
  const value = net.of(node);
  const [batch, ...dims] = node.output.dims;
  if (batch === node.input(0).dims[0]) return regrouped(node, value, dims);
  throw node.unsupported("the batch to stay the first axis", `[${node.input(0).dims}] to [${node.output.dims}]`);
};

export const transposition: MapNode = (node, net) => {
  const [batch, ...order] = orderOf(node);
  if (batch !== 0) throw node.unsupported("the batch to stay the first axis", `perm [${[batch, ...order]}]`);
  return transposed(
    net.of(node),
    order.map((axis) => axis - 1),
  );
};

export const slice: MapNode = (node, net) => {
  const [batch, ...slices] = slicesOf(node);
  if (batch.count !== node.input(0).dims[0] || batch.step !== 1)
    throw node.unsupported("all images", "a part of the batch");
  return slices.reduce((value, { start, step, count }, axis) => {
    if (step !== 1 && count > 1) throw node.unsupported("steps of 1", `${step}`);
    return part(node, value, axis, start, count);
  }, net.of(node));
};

export const split: MapNode = (node, net) => {
  const { axis, extents } = splitOf(node);
  if (axis === 0) throw node.unsupported("all images", "a part of the batch");
  const value = net.of(node);
  let first = 0;
  return extents.map((extent) => {
    const start = first;
    first += extent;
    return part(node, value, axis - 1, start, extent);
  });
};

/** Some values along an axis. */
function part(node: OpNode, value: Placed, axis: number, start: number, count: number): Placed {
  const dims = dimsOf(value);
  const extent = dims[axis];
  if (start === 0 && count === extent) return value;
  if (count < 1) throw node.unsupported("at least one value", "none");
  const order = memoryOrder(value);
  const made = dims.map((own, i) => (i === axis ? count : own));
  const place = order.indexOf(axis);
  const groups = order.map((i) => [i]);
  if (place === order.length - 1) {
    const tensor = arranged(node, value, groups);
    const there = tensor.shape.length > 3 ? shaped(tensor, [-1, 1, extent]) : tensor;
    return placed(channelSlice({ start, end: start + count }).apply(there), made, order);
  }
  // An image of what lies before the axis, the axis, and what lies behind it.
  const image = arranged(node, value, [order.slice(0, place), [axis], order.slice(place + 1)]);
  const sides = [0, 0] as const;
  const tensor = cropping2d({ cropping: [sides, [start, extent - start - count]] }).apply(image);
  return placed(tensor, made, order);
}

export const pad: MapNode = (node, net) => {
  const mode = node.text("mode", "constant");
  const value = node.opset < 11 ? node.number("value", 0) : (node.scalar("value", 2) ?? 0);
  if (mode !== "constant" || value !== 0) {
    throw node.unsupported("padding by zeros", mode === "constant" ? `${value}` : mode);
  }
  const [batch, ...sides] = paddingOf(node);
  if (batch.some((extent) => extent !== 0)) throw node.unsupported("padding of images", "of the batch");
  const padded = sides.flatMap((pair, axis) => (pair.some((extent) => extent !== 0) ? [axis] : []));
  const place = net.of(node);
  const order = memoryOrder(place).filter((axis) => dimsOf(place)[axis] > 1 || padded.includes(axis));
  const [first, second] = [...padded].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (padded.length === 2 && order[0] === first && order[1] === second) {
    return bordered(node, place, [[first], [second], order.slice(2)], [sides[first], sides[second]]);
  }
  // Each axis by itself, as the columns of an image.
  return padded.reduce((value, axis) => {
    const own = memoryOrder(value);
    const at = own.indexOf(axis);
    return bordered(node, value, [own.slice(0, at), [axis], own.slice(at + 1)], [NO_SIDES, sides[axis]]);
  }, place);
};

type SidesOf = readonly [before: number, after: number];

const NO_SIDES: SidesOf = [0, 0];

/** A value with zeros before and after the first two of three groups of axes, or less of it where numbers are negative. */
function bordered(
  node: OpNode,
  value: Placed,
  groups: readonly (readonly number[])[],
  sides: readonly [SidesOf, SidesOf],
): Placed {
  const image = arranged(node, value, groups);
  const added = sides.map(([before, after]): SidesOf => [Math.max(before, 0), Math.max(after, 0)]);
  const cut = sides.map(([before, after]): SidesOf => [Math.max(-before, 0), Math.max(-after, 0)]);
  const isAny = (pairs: readonly SidesOf[]) => pairs.flat().some((extent) => extent > 0);
  const cropped = isAny(cut) ? cropping2d({ cropping: [cut[0], cut[1]] }).apply(image) : image;
  const tensor = isAny(added) ? zeroPadding2d({ padding: [added[0], added[1]] }).apply(cropped) : cropped;
  const dims = dimsOf(value).map((extent, axis) => {
    const i = groups.slice(0, 2).findIndex((group) => group.length === 1 && group[0] === axis);
    return i < 0 ? extent : extent + sides[i][0] + sides[i][1];
  });
  return placed(tensor, dims, groups.flat());
}
