import { type Engine, engineChoice } from "../engine/engine.ts";
import type { Heap } from "../engine/reference/heap.ts";
import { type Operation, Tape } from "../engine/tape.ts";
import type { KernelCase } from "./kernel-table.ts";
import { fillPixels, load, type Program } from "./program.ts";
import { engineOptions, type Setting, settingName } from "./setting.ts";

/**
 * Largest error of a float32 result, as a share of the array's largest number. Rounding errors of a sum grow with its
 * length; those of the benchmark's slices stay a hundred times below this, wrong results far above.
 */
const KERNEL_BOUND = 1e-4;

/**
 * Images that are checked: more than dense layers read unpacked weights for, and enough for a batch normalisation,
 * whose results are all rounding with two images.
 */
const CHECKED_IMAGES = 5;

/** The largest error of an array, as a share of its largest number. */
function relativeError(actual: Heap, wanted: Heap): number {
  let largest = Number.MIN_VALUE;
  let error = 0;
  for (let i = 0; i < wanted.length; i++) {
    largest = Math.max(largest, Math.abs(wanted[i]));
    const difference = Math.abs(actual[i] - wanted[i]);
    // NaN on one side only is the largest possible error.
    error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : Math.max(error, difference);
  }
  return error / largest;
}

/**
 * Runs every call of a case on each setting and on the reference in float64, each call from the same float32 memory, and
 * compares the whole memory after it.
 *
 * @throws Error naming the kernel where a setting is further off than `KERNEL_BOUND`
 */
export async function checkKernels(item: KernelCase, settings: readonly Setting[]): Promise<void> {
  // Places of arrays depend on the number of threads, since some kernels need memory for each.
  const counts = new Map<number, Setting[]>();
  for (const setting of settings) {
    const { threads } = engineChoice(engineOptions(setting));
    counts.set(threads, [...(counts.get(threads) ?? []), { ...setting, threads }]);
  }
  for (const [threads, group] of counts) await checkProgram(item.shape, item.program(CHECKED_IMAGES, threads), group);
}

async function checkProgram(shape: string, program: Program, settings: readonly Setting[]): Promise<void> {
  const exact = await load(program, { engine: "js", precision: "float64" });
  const subjects: { setting: Setting; engine: Engine }[] = [];
  try {
    for (const setting of settings) subjects.push({ setting, engine: await load(program, engineOptions(setting)) });
    for (const operation of program.operations) {
      const tape = new Tape();
      tape.operations.push(operation);
      // All start from the same numbers, those that float32 can hold.
      exact.heap.set(Float32Array.from(exact.heap));
      for (const { engine } of subjects) {
        // Not the whole heap: the compiler's own data lies below the first region.
        for (const { offset, size } of program.regions) {
          engine.heap.set(exact.heap.subarray(offset, offset + size), offset);
        }
      }
      for (const engine of [exact, ...subjects.map((subject) => subject.engine)]) fillPixels(program, engine);
      exact.run(tape);
      for (const { setting, engine } of subjects) {
        engine.run(tape);
        compare(
          `${operation.kernel} on ${settingName(setting)} (${shape})`,
          program,
          operation,
          engine.heap,
          exact.heap,
        );
      }
    }
  } finally {
    for (const { engine } of subjects) engine.dispose();
  }
}

function compare(who: string, { regions, pixels }: Program, operation: Operation, actual: Heap, wanted: Heap): void {
  const scratch = operation.scratch && operation.arguments[operation.scratch.argument];
  for (const { name, offset, size } of regions) {
    // Bytes are no numbers, and scratch may hold anything.
    if (offset === pixels?.offset || offset === scratch) continue;
    const error = relativeError(actual.subarray(offset, offset + size), wanted.subarray(offset, offset + size));
    if (error <= KERNEL_BOUND) continue;
    throw new Error(
      `${who}: its "${name}" is off by ${error.toExponential(1)} of the largest number; nothing is timed that computes ` +
        "wrong results",
    );
  }
}
