import { input, type KernelCall, output, sumOf, uniform } from "./call.ts";
import { type WorkRows, work } from "./work-rows.ts";

/** The kernels that measure the peak of multiply-adds, with the vectors that each works on. */
export const PEAK_KERNELS = [
  { kernel: "peak_chains", vectors: 20 },
  { kernel: "peak_tile", vectors: 8 },
] as const;

/** Numbers that the peak kernels read. */
export const PEAK_INPUTS = 20 * 4;

/** A few rounds of every peak kernel. */
export function peakCalls(): KernelCall[] {
  const x = uniform("peak x", PEAK_INPUTS);
  return PEAK_KERNELS.flatMap(({ kernel, vectors }) =>
    [1, 3].map((extent) => {
      const rounds = 5;
      return {
        kernel,
        label: `${extent} x ${rounds} rounds`,
        extent,
        args: [input("x", x), output("y", extent * vectors * 4), rounds],
        bound: sumOf(2 * rounds),
      };
    }),
  );
}

/** Operations and bytes of the peak's kernels. */
export const peakWork = {
  // A multiply-add a round on each lane of each vector; all in registers.
  peak_chains: (n, _x, _y, rounds) => work(8 * 20 * n * rounds, 0),
  peak_tile: (n, _x, _y, rounds) => work(8 * 8 * n * rounds, 0),
} satisfies WorkRows;
