import type { OpNode } from "./op-node.ts";

/** The window of a convolution or pooling along each axis of its images. */
export interface Windows {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  /** Padding before and after each axis. */
  readonly pads: readonly (readonly [before: number, after: number])[];
  readonly isCeil: boolean;
  /** True for padding that follows from the size of the image as TensorFlow's "same". */
  readonly isSame: boolean;
}

/** Most axes of images: height and width. */
const MOST_AXES = 2;

/** A list of positive whole numbers, one for each axis. */
function perAxis(node: OpNode, name: string, axes: number, fallback: readonly number[] | number): readonly number[] {
  const list = node.numbers(name) ?? (typeof fallback === "number" ? new Array<number>(axes).fill(fallback) : fallback);
  if (list.length === axes && list.every((value) => Number.isSafeInteger(value) && value >= 1)) return list;
  throw node.damaged(`${name} of ${axes} numbers of at least 1`, `[${list}]`);
}

/** The axes of an image [batch, channels, ...axes]. */
export function imageAxes(node: OpNode): readonly number[] {
  const axes = node.input(0).dims.slice(2);
  if (axes.length >= 1 && axes.length <= MOST_AXES) return axes;
  throw node.unsupported("images of one or two axes", `${axes.length}`);
}

/** @param kernel the kernel's extents where the attribute is left out */
export function windowsOf(node: OpNode, kernel: readonly number[] | number): Windows {
  const axes = imageAxes(node);
  const shared = {
    kernel: perAxis(node, "kernel_shape", axes.length, kernel),
    strides: perAxis(node, "strides", axes.length, 1),
    dilations: perAxis(node, "dilations", axes.length, 1),
    isCeil: node.number("ceil_mode", 0) !== 0,
  };
  const auto = node.text("auto_pad", "NOTSET");
  if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
    const pads = axes.map((size, i): readonly [number, number] => {
      const extent = (shared.kernel[i] - 1) * shared.dilations[i] + 1;
      const total = Math.max((Math.ceil(size / shared.strides[i]) - 1) * shared.strides[i] + extent - size, 0);
      const less = Math.floor(total / 2);
      return auto === "SAME_UPPER" ? [less, total - less] : [total - less, less];
    });
    return { ...shared, pads, isSame: auto === "SAME_UPPER", isCeil: false };
  }
  if (auto !== "NOTSET" && auto !== "VALID") throw node.damaged("a known auto_pad", auto);
  return { ...shared, pads: auto === "VALID" ? axes.map(() => [0, 0]) : padsOf(node, axes.length), isSame: false };
}

/** The attribute `pads`: all that come before, then all that come after. */
export function padsOf(node: OpNode, axes: number): readonly (readonly [before: number, after: number])[] {
  const list = node.numbers("pads") ?? new Array<number>(2 * axes).fill(0);
  if (list.length !== 2 * axes || !list.every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw node.damaged(`pads of ${2 * axes} numbers of at least 0`, `[${list}]`);
  }
  return Array.from({ length: axes }, (_, i) => [list[i], list[axes + i]]);
}

/** The extents of the output of windows over images. */
export function windowOutputs(node: OpNode, { kernel, strides, dilations, pads, isCeil }: Windows): readonly number[] {
  return imageAxes(node).map((size, i) => {
    const extent = (kernel[i] - 1) * dilations[i] + 1;
    const [before, after] = pads[i];
    const steps = (size + before + after - extent) / strides[i];
    let outputs = (isCeil ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window must begin within the image or the padding before it.
    if (isCeil && (outputs - 1) * strides[i] >= size + before) outputs -= 1;
    if (outputs >= 1) return outputs;
    throw node.damaged(`a window of at most ${size + before + after}`, `${extent}`);
  });
}
