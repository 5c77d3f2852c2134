import type { KernelName } from "./kernels.ts";
import { convolutionRows } from "./operands/convolution.ts";
import { denseRows } from "./operands/dense.ts";
import { elementRows } from "./operands/elements.ts";
import { mergingRows } from "./operands/merging.ts";
import { normRows } from "./operands/norm.ts";
import type { Operand } from "./operands/operand.ts";
import type { Places, Row } from "./operands/row.ts";
import { trainingRows } from "./operands/training.ts";
import type { Operation } from "./tape.ts";

/** The row of each kernel. */
const TABLE: { readonly [K in KernelName]: Row<K> } = {
  ...convolutionRows,
  ...denseRows,
  ...elementRows,
  ...mergingRows,
  ...normRows,
  ...trainingRows,
};

/** Names of a wasm file's exports, in the order by which packed texts know them: kernels, then the memory. */
export function exportNames(): readonly string[] {
  return [...Object.keys(TABLE).sort(), "memory"];
}

/** Different numbers as arguments, more than any kernel has. */
const NUMBERS = Array.from({ length: 32 }, (_, i) => i);

/** Indices of the arguments that are places, by kernel, in the order of its row. */
const places = new Map<KernelName, readonly number[]>();

function placesOf(kernel: KernelName, row: (...args: number[]) => Places): readonly number[] {
  let found = places.get(kernel);
  if (found === undefined) {
    // Rows pass places on unchanged: called with the arguments' indices, a row returns the indices of places.
    found = row(...NUMBERS)
      .flat()
      .map(({ offset }) => offset);
    places.set(kernel, found);
  }
  return found;
}

/**
 * The operands of a call: arguments that are places in the heap, with their role and the floats that a part of the
 * range touches. Places that are 0 are none. Scratch is as large as the operation says, and the first thread's.
 *
 * Kernels may read up to seven floats past their operands, whose values make no difference.
 *
 * @example
 * const tape = new Tape();
 * tape.add("relu_forward", "sample", 10, 16384, 16640, 25, Infinity, 0);
 * const [x, y] = operandsOf(tape.operations[0]);
 * y; // { role: "output", argument: 1, offset: 16640, step: 25, width: 25, rows: 1, ... }
 */
export function operandsOf({ kernel, arguments: args, scratch }: Operation): readonly Operand[] {
  const row: (...args: number[]) => Places = TABLE[kernel];
  const indices = placesOf(kernel, row);
  const operands: Operand[] = [];
  for (const [i, place] of row(...args)
    .flat()
    .entries()) {
    if (place.offset === 0) continue;
    const width = place.role === "scratch" ? (scratch?.elements ?? 0) : place.width;
    operands.push({ ...place, width, argument: indices[i] });
  }
  return operands;
}
