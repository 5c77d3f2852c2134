import type { ExtraKernelName, KernelArguments, KernelName } from "../kernels.ts";
import { all, each, input, output, type Place } from "./operand.ts";

/** Places in groups. */
export type Places = readonly (readonly Place[])[];

/** A kernel's row: from its arguments after begin and end to the places among them, also places that are 0; it may take fewer arguments. */
export type Row<K extends KernelName> = (...args: KernelArguments<K>) => Places;

/** Rows of some kernels. */
export type Rows = { readonly [K in KernelName]?: Row<K> };

/** Rows of some kernels of the extra file. */
export type ExtraRows = { readonly [K in ExtraKernelName]?: Row<K> };

/** Places of y from x, element by element. */
export function oneInput(x: number, y: number, size: number): Places {
  return [input(each(size), x), output(each(size), y)];
}

/** Places of y from a and b, element by element. */
export function twoInputs(a: number, b: number, y: number, size: number): Places {
  return [input(each(size), a, b), output(each(size), y)];
}

/** The place of the numbers that change from step to step. */
export function hyperNumbers(offset: number): Place[] {
  return input(all(4), offset);
}

/** Places of a loss that takes the class of each sample. */
export function classLoss(
  logits: number,
  labels: number,
  weights: number,
  losses: number,
  correct: number,
  dlogits: number,
  classes: number,
): Places {
  return [
    input(each(classes), logits),
    input(each(1), labels, weights),
    output(each(1), losses, correct),
    output(each(classes), dlogits),
  ];
}

/** Places of a loss of a share of each class, and of class indices beside them. */
export function softLoss(
  logits: number,
  labels: number,
  targets: number,
  weights: number,
  losses: number,
  correct: number,
  dlogits: number,
  classes: number,
): Places {
  return [input(each(classes), targets), ...classLoss(logits, labels, weights, losses, correct, dlogits, classes)];
}

/** Places of a loss that takes a value for each output. */
export function valueLoss(
  y: number,
  targets: number,
  weights: number,
  losses: number,
  dy: number,
  size: number,
): Places {
  return [input(each(size), y, targets), input(each(1), weights), output(each(1), losses), output(each(size), dy)];
}
