import { close, input, type KernelCall, normal, output, state, sumOf } from "./call.ts";
import { elementwise, type WorkRows, work } from "./work-rows.ts";

/** The call that computes y = factor x + offset. */
export function rescaleCall([n, size]: readonly [number, number], factor: number, offset: number): KernelCall {
  const label = `${n} x ${size}, by ${factor}, ${offset} added`;
  const numbers = [Math.fround(factor), Math.fround(offset)];
  return {
    kernel: "rescale",
    label,
    extent: n,
    args: [input("x", normal(`${label} x`, n * size)), output("y", n * size), size, ...numbers],
    // The sum may cancel: two roundings of numbers below four.
    bound: close(2, 4),
    inPlace: ["x", "y"],
  };
}

/** A number for each channel, added in place; `lower` 0 is a ReLU. */
export function addBiasCalls([n, positions, channels]: readonly [number, number, number]): KernelCall[] {
  return [Number.NEGATIVE_INFINITY, 0].map((lower) => ({
    kernel: "add_bias",
    label: `${n} x ${positions} x ${channels}${lower === 0 ? ", ReLU" : ""}`,
    extent: n,
    args: [
      state("y", normal("bias y", n * positions * channels)),
      input("bias", normal("bias", channels)),
      positions,
      channels,
      lower,
    ],
    bound: sumOf(2),
  }));
}

/** Operations and bytes of the kernels that add numbers. */
export const affineWork = {
  rescale: (n, _x, _y, size) => elementwise(2, 2)(n, size),
  add_bias: (n, _y, _bias, positions, channels) => work(n * positions * channels, 2 * n * positions * channels),
} satisfies WorkRows;
