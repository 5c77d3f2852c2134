import type { CoreKernels, KernelName } from "./kernels.ts";
import { convolutionRows } from "./operands/convolution.ts";
import { denseRows } from "./operands/dense.ts";
import { elementRows } from "./operands/elements.ts";
import { mergingRows } from "./operands/merging.ts";
import { normRows } from "./operands/norm.ts";
import type { Operand } from "./operands/operand.ts";
import type { ExtraRows, Places, Row } from "./operands/row.ts";
import { trainingRows } from "./operands/training.ts";
import type { Operation } from "./tape.ts";

/** The rows of the kernels that every engine has. */
export const coreRows: { readonly [K in KernelName & keyof CoreKernels]: Row<K> } = {
  ...convolutionRows,
  ...denseRows,
  ...elementRows,
  ...mergingRows,
  ...normRows,
  ...trainingRows,
};

type AnyRow = (...args: number[]) => Places;

/** The rows that are known by now, by their kernels. */
const known = new Map<string, AnyRow>(Object.entries(coreRows));

/**
 * Makes kernels of the extra file known to `operandsOf`. Placed layers, losses and optimizers bring the rows of those that they
 * call (`kernels`), so that pages have only the rows of their own layers.
 */
export function addRows(rows: ExtraRows = {}): void {
  for (const [kernel, row] of Object.entries(rows)) known.set(kernel, row);
}

/** Distinct numbers that stand for a kernel's arguments, to find out which of them its row names as places. */
const NUMBERS = Array.from({ length: 32 }, (_, i) => i);

/** Indices of the arguments that are places, by kernel, in the order of its row. */
const places = new Map<KernelName, readonly number[]>();

function placesOf(kernel: KernelName, row: AnyRow): readonly number[] {
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
 * @throws Error for a kernel of the extra file whose row nobody brought
 * @example
 * const tape = new Tape();
 * tape.add("relu_forward", "sample", 10, 16384, 16640, 25, Infinity, 0);
 * const [x, y] = operandsOf(tape.operations[0]);
 * y; // { role: "output", argument: 1, offset: 16640, step: 25, width: 25, rows: 1, ... }
 */
export function operandsOf(operation: Operation): readonly Operand[] {
  const { kernel, arguments: args, scratch, band, layer } = operation;
  const row = known.get(kernel);
  if (row === undefined) throw new Error(`${layer}: expected its rows of ${kernel} in \`kernels\`, got none`);
  const indices = placesOf(kernel, row);
  const operands: Operand[] = [];
  for (const [i, place] of row(...args)
    .flat()
    .entries()) {
    if (place.offset === 0) continue;
    const width = place.role === "scratch" ? (scratch?.elements ?? 0) : place.width;
    const operand = { ...place, width, argument: indices[i] };
    operands.push(band === undefined || operand.step === 0 ? operand : inBand(operand, operation.band));
  }
  return operands;
}

/** The operand of one image in parts: those of an output follow each other, an input is read around each of them. */
function inBand(operand: Operand, band: Operation["band"]): Operand {
  const shift = band?.shifts.find(([argument]) => argument === operand.argument)?.[1] ?? 0;
  const { width } = operand;
  return operand.role === "output" ? { ...operand, step: shift, width: shift, pitch: width } : { ...operand, step: 0 };
}
