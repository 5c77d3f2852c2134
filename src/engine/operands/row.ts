import type { KernelArguments, KernelName } from "../kernels.ts";
import { all, each, input, output, type Place } from "./operand.ts";

/** Of a kernel's arguments those that are places, those among them that may be 0. */
export type Row<K extends KernelName> = (...args: KernelArguments<K>) => readonly Place[];

/** Rows of some kernels. */
export type Rows = { readonly [K in KernelName]?: Row<K> };

/** y from x, element by element. */
export function oneInput(x: number, y: number, size: number): Place[] {
  return [input(x, each(size)), output(y, each(size))];
}

/** y from a and b, element by element. */
export function twoInputs(a: number, b: number, y: number, size: number): Place[] {
  return [input(a, each(size)), ...oneInput(b, y, size)];
}

/** The numbers that change from step to step. */
export function hyperNumbers(offset: number): Place {
  return input(offset, all(4));
}
