/**
 * The place in memory of the values of a file's tensors. A file's axes and the order in memory are two things: a transposition or a reshape of
 * the file changes the first alone, and costs nothing. Values are moved only where a layer needs them in another order.
 *
 * @module
 */

import { channelShuffle } from "../../layers/channel-shuffle.ts";
import { flatten } from "../../layers/flatten.ts";
import type { SymbolicTensor } from "../../layers/layer.ts";
import { permute } from "../../layers/permute.ts";
import { reshape } from "../../layers/reshape.ts";
import { type Shape, sizeOf } from "../../layers/shape.ts";
import { rowStrides } from "../../numeric/strides.ts";
import { stridedIndex } from "./constant.ts";
import type { OpNode } from "./op-node.ts";

/** A factor of an axis: neighbours in memory are not always neighbours in the file's order. Told apart by identity. */
interface Atom {
  readonly extent: number;
}

/** A tensor of the file, without its batch, as it lies in memory here. */
export interface Placed {
  readonly tensor: SymbolicTensor;
  /** The factors of each of the file's axes, in the file's order; none for an extent of 1. */
  readonly axes: readonly (readonly Atom[])[];
  /** All factors, in the order in memory. */
  readonly stored: readonly Atom[];
}

const extentOf = (atoms: readonly Atom[]) => atoms.reduce((product, { extent }) => product * extent, 1);

/** The file's shape without the batch. */
export function dimsOf({ axes }: Placed): readonly number[] {
  return axes.map(extentOf);
}

/**
 * A tensor whose axes in memory are those of a file in some order.
 *
 * @param dims the file's shape, without the batch
 * @param order the file's axes in the order in memory
 */
export function placed(tensor: SymbolicTensor, dims: readonly number[], order: readonly number[]): Placed {
  const axes = dims.map((extent) => (extent === 1 ? [] : [{ extent }]));
  return { tensor, axes, stored: order.flatMap((axis) => axes[axis]) };
}

/** An image as layers make it, whose axes in the file are [channels, height, width], or [channels, width]. */
export function placedImage(tensor: SymbolicTensor, rank: number): Placed {
  const [h, w, c] = tensor.shape;
  return rank === 2 ? placed(tensor, [c, w], [1, 0]) : placed(tensor, [c, h, w], [1, 2, 0]);
}

/** A tensor in the place of another one of its shape. */
export function inPlaceOf(before: Placed, tensor: SymbolicTensor): Placed {
  return { ...before, tensor };
}

/** A tensor in another shape of the same order in memory. */
export function shaped(tensor: SymbolicTensor, shape: Shape): SymbolicTensor {
  if (tensor.shape.join() === shape.join()) return tensor;
  return (shape.length === 1 ? flatten() : reshape({ targetShape: shape })).apply(tensor);
}

/** A tensor with the file's axes in an order in memory, as a shape that has one extent for each group of axes. */
export function arranged(node: OpNode, value: Placed, groups: readonly (readonly number[])[]): SymbolicTensor {
  const order = groups.map((group) => group.flatMap((axis) => value.axes[axis]));
  return shaped(moved(node, value, order.flat()), order.map(extentOf));
}

/** An image [height, width, channels] of a value whose first axis are channels. */
export function imageOf(node: OpNode, value: Placed): SymbolicTensor {
  const rank = value.axes.length;
  if (rank === 3) return arranged(node, value, [[1], [2], [0]]);
  if (rank === 2) return arranged(node, value, [[], [1], [0]]);
  throw node.unsupported("images of one or two axes and channels", `${rank} axes`);
}

/** The file's axes in another order. */
export function transposed({ axes, ...rest }: Placed, order: readonly number[]): Placed {
  return { ...rest, axes: order.map((axis) => axes[axis]) };
}

/** Another shape for the same values in the file's order. */
export function regrouped(node: OpNode, value: Placed, dims: readonly number[]): Placed {
  const split = trySplit(value, dims);
  if (split !== undefined) return split;
  const flat = value.axes.flat();
  const whole = { extent: extentOf(flat) };
  const tensor = moved(node, value, flat);
  const again = trySplit({ tensor, axes: [[whole]], stored: [whole] }, dims);
  if (again !== undefined) return again;
  throw node.damaged(`a shape of ${whole.extent} values`, `[${dims}]`);
}

/** Factors put together, and cut where needed, so that they make a shape; undefined where that is not possible. */
function trySplit({ tensor, axes, stored }: Placed, dims: readonly number[]): Placed | undefined {
  const queue = axes.flat();
  let memory = stored;
  const made: Atom[][] = [];
  for (const extent of dims) {
    const group: Atom[] = [];
    let rest = extent;
    while (rest > 1) {
      const atom = queue.shift();
      if (atom === undefined) return undefined;
      if (rest % atom.extent === 0) {
        group.push(atom);
        rest /= atom.extent;
      } else if (atom.extent % rest === 0) {
        const [first, second] = [{ extent: rest }, { extent: atom.extent / rest }];
        memory = memory.flatMap((other) => (other === atom ? [first, second] : [other]));
        group.push(first);
        queue.unshift(second);
        rest = 1;
      } else return undefined;
    }
    made.push(group);
  }
  return queue.length === 0 ? { tensor, axes: made, stored: memory } : undefined;
}

/** Moves a tensor's values in memory into the given order of factors. */
function moved(node: OpNode, { tensor, stored }: Placed, order: readonly Atom[]): SymbolicTensor {
  // Runs of factors that stay side by side are moved as one.
  const blocks: { first: number; extent: number }[] = [];
  let before = -2;
  for (const atom of order) {
    const place = stored.indexOf(atom);
    const last = blocks.at(-1);
    if (last !== undefined && place === before + 1) last.extent *= atom.extent;
    else blocks.push({ first: place, extent: atom.extent });
    before = place;
  }
  if (blocks.length <= 1) return tensor;
  const there = [...blocks].sort((a, b) => a.first - b.first);
  const dims = blocks.map((block) => there.indexOf(block) + 1);
  const extents = there.map(({ extent }) => extent);
  if (dims.join() === "1,3,2") {
    const [rows, groups, each] = extents;
    const isImage = tensor.shape.at(-1) === groups * each;
    return channelShuffle({ groups }).apply(isImage ? tensor : shaped(tensor, [rows, 1, groups * each]));
  }
  if (dims.length <= 3) return permute({ dims }).apply(shaped(tensor, extents));
  throw node.unsupported("at most three groups of axes that are moved", `${dims.length}`);
}

/** For each value along an axis, in the order in memory, its index in the file. */
export function indexAlong({ axes, stored }: Placed, axis: number): (index: number) => number {
  const own = axes[axis];
  const strides = rowStrides(own.map(({ extent }) => extent));
  const there = stored.filter((atom) => own.includes(atom));
  return stridedIndex(
    there.map(({ extent }) => extent),
    there.map((atom) => strides[own.indexOf(atom)]),
  );
}

/** Two values of one shape in the same order in memory: that of the first. */
export function together(
  node: OpNode,
  a: Placed,
  b: Placed,
): { readonly like: Placed; readonly tensors: [SymbolicTensor, SymbolicTensor] } {
  const [first, second] = refined(a, b) ?? [inFileOrder(node, a), inFileOrder(node, b)];
  const [ours, theirs] = [first.axes.flat(), second.axes.flat()];
  const order = first.stored.map((atom) => theirs[ours.indexOf(atom)]);
  return { like: first, tensors: [first.tensor, shaped(moved(node, second, order), first.tensor.shape)] };
}

/** Two values of one shape cut into the same factors; undefined where that is not possible. */
function refined(a: Placed, b: Placed): readonly [Placed, Placed] | undefined {
  const cuts = dimsOf(a).map((_, axis) => {
    const ends = (atoms: readonly Atom[]) => {
      let end = 1;
      return [...atoms].reverse().map(({ extent }) => {
        end *= extent;
        return end;
      });
    };
    return [...new Set([...ends(a.axes[axis]), ...ends(b.axes[axis])])].sort((x, y) => x - y);
  });
  // Extents of factors from strides: each must divide the next.
  const factors = cuts.map((strides) => strides.map((end, i) => end / (strides[i - 1] ?? 1)).reverse());
  if (!factors.flat().every(Number.isInteger)) return undefined;
  const [first, second] = [trySplit(a, factors.flat()), trySplit(b, factors.flat())];
  if (first === undefined || second === undefined) return undefined;
  const grouped = (value: Placed): Placed => {
    let at = 0;
    return {
      ...value,
      axes: factors.map(({ length }) => {
        const atoms = value.axes.slice(at, at + length).flat();
        at += length;
        return atoms;
      }),
    };
  };
  return [grouped(first), grouped(second)];
}

/** A value with its axes in memory as in the file. */
function inFileOrder(node: OpNode, value: Placed): Placed {
  const dims = dimsOf(value);
  const tensor = moved(node, value, value.axes.flat());
  return placed(
    tensor,
    dims,
    dims.map((_, axis) => axis),
  );
}

/** The output of a network: a vector in the file's order, an image with its channels last. */
export function outputOf(node: OpNode, value: Placed): SymbolicTensor {
  const dims = dimsOf(value);
  if (dims.length <= 1) return shaped(moved(node, value, value.axes.flat()), [sizeOf(dims)]);
  const file = value.axes.flat();
  const last = [...value.axes.slice(1).flat(), ...value.axes[0]];
  const isThere = (order: readonly Atom[]) => order.every((atom, i) => atom === value.stored[i]);
  if (dims.length === 3) {
    // Where an extent of 1 leaves open which of both it is, the shape tells.
    if (isThere(file) && (!isThere(last) || value.tensor.shape.join() === dims.join()))
      return shaped(value.tensor, dims);
    return shaped(moved(node, value, last), [dims[1], dims[2], dims[0]]);
  }
  const tensor = moved(node, value, isThere(last) ? last : file);
  return dims.length === 2 ? shaped(tensor, isThere(last) ? [1, dims[1], dims[0]] : [dims[0], 1, dims[1]]) : tensor;
}

/** A value whose last axis in memory is one of the file's. */
export interface AlongAxis {
  /** [..., extent]: an image, or a vector. */
  readonly tensor: SymbolicTensor;
  /** For each value along the axis in memory, its index in the file. */
  readonly index: (index: number) => number;
  /** The place of a tensor that a layer made of it, whose last extent may be another one. */
  back(tensor: SymbolicTensor): Placed;
}

/** A value with one axis of the file as the last one in memory, moved there only where it is not. */
export function alongAxis(node: OpNode, value: Placed, axis: number): AlongAxis {
  const own = value.axes[axis];
  const others = value.stored.filter((atom) => !own.includes(atom));
  const along = value.stored.filter((atom) => own.includes(atom));
  const lies = moved(node, value, [...others, ...along]);
  const [rows, extent] = [extentOf(others), extentOf(own)];
  const isThere = lies === value.tensor && lies.shape.at(-1) === extent;
  const tensor = isThere ? lies : shaped(lies, rows === 1 ? [extent] : [rows, 1, extent]);
  return {
    tensor,
    index: indexAlong(value, axis),
    back(made) {
      const last = made.shape.at(-1) ?? 1;
      if (last === extent) return { ...value, tensor: made, stored: [...others, ...along] };
      const atoms = last === 1 ? [] : [{ extent: last }];
      const axes = value.axes.map((before, i) => (i === axis ? atoms : before));
      return { tensor: made, axes, stored: [...others, ...atoms] };
    },
  };
}

/**
 * The file's axes in their order in memory, those of extent 1 first; in the file's order where the factors of an axis do not lie side by
 * side.
 */
export function memoryOrder({ axes, stored }: Placed): readonly number[] {
  const first = axes.map((atoms) => Math.min(...atoms.map((atom) => stored.indexOf(atom)), Number.POSITIVE_INFINITY));
  const isEmpty = (axis: number) => axes[axis].length === 0;
  const all = axes.map((_, axis) => axis);
  const order = [...all.filter(isEmpty), ...all.filter((axis) => !isEmpty(axis)).sort((a, b) => first[a] - first[b])];
  return order.flatMap((axis) => axes[axis]).every((atom, i) => atom === stored[i]) ? order : all;
}
