import { isFloat32Array, isUint16Array } from "../numeric/array-kinds.ts";
import type { ClassLabels, Pixels } from "./pixels.ts";

/** An array of `total` values with some written into it; floats from the first floats on. */
export function filled(target: Pixels | undefined, values: Pixels, at: number, total: number): Pixels {
  let all = target;
  if (all === undefined || at === 0) all = isFloat32Array(values) ? new Float32Array(total) : new Uint8Array(total);
  else if (isFloat32Array(values) && !isFloat32Array(all)) all = Float32Array.from(all);
  all.set(values, at);
  return all;
}

/** The same of labels; of 16 bits from the first such on. */
export function filledLabels(
  target: ClassLabels | undefined,
  values: ClassLabels,
  at: number,
  total: number,
): ClassLabels {
  let all = target;
  if (all === undefined || at === 0) all = isUint16Array(values) ? new Uint16Array(total) : new Uint8Array(total);
  else if (isUint16Array(values) && !isUint16Array(all)) all = Uint16Array.from(all);
  all.set(values, at);
  return all;
}
