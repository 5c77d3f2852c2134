import type { Gear } from "../engine/gears.ts";
import type { Heap } from "../engine/reference/heap.ts";
import { Tape } from "../engine/tape.ts";
import type { KernelCase } from "./kernel-table.ts";
import { fillPixels, load } from "./program.ts";

/**
 * How far a float32 result may be from the float64 one, as a share of the array's largest number. Rounding errors of a sum
 * grow with its length; those of the benchmark's slices stay a hundred times below this, wrong results far above.
 */
export const KERNEL_BOUND = 1e-4;

/** Images of the slice that is checked. */
const CHECKED_IMAGES = 2;

/** The largest error of an array, as a share of its largest number. */
function relativeError(actual: Heap, wanted: Heap): number {
  let largest = Number.MIN_VALUE;
  let error = 0;
  for (let i = 0; i < wanted.length; i++) {
    largest = Math.max(largest, Math.abs(wanted[i]));
    const difference = Math.abs(actual[i] - wanted[i]);
    // NaN on one side only is as wrong as can be.
    error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(error, difference);
  }
  return error / largest;
}

/**
 * Runs every call of a case on each gear and on the reference in float64, each call from the same float32 memory, and
 * compares the whole memory after it.
 *
 * @throws Error naming the kernel where a gear is further off than `KERNEL_BOUND`
 */
export async function checkKernels({ program: make, shape }: KernelCase, gears: readonly Gear[]): Promise<void> {
  const program = make(CHECKED_IMAGES);
  const exact = await load(program, { gear: "js", precision: "float64" });
  const engines = await Promise.all(gears.map((gear) => load(program, { gear })));
  for (const operation of program.operations) {
    // Both start from the same numbers, those that float32 can hold.
    for (const engine of engines) engine.heap.set(exact.heap);
    exact.heap.set(Float32Array.from(exact.heap));
    for (const engine of [exact, ...engines]) fillPixels(program, engine);
    const tape = new Tape();
    tape.operations.push(operation);
    exact.run(tape);
    for (const { gear, heap, run } of engines) {
      run(tape);
      for (const { name: array, offset, size } of program.regions) {
        if (offset === program.pixels?.offset) continue;
        const end = offset + size;
        const error = relativeError(heap.subarray(offset, end), exact.heap.subarray(offset, end));
        if (error <= KERNEL_BOUND) continue;
        throw new Error(
          `${operation.kernel} on ${gear} (${shape}): its "${array}" is off by ${error.toExponential(1)} of the ` +
            `largest number; nothing is timed that computes wrong results`,
        );
      }
    }
  }
}
