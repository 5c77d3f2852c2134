/**
 * Faults of a kernel: wrong results, reads and writes out of bounds, results that depend on cuts of the range or on
 * shared places.
 *
 * @module
 */

import { reasonOf } from "../errors.ts";
import { type Backend, CanaryError, type Results, runCall } from "./arena.ts";
import { type Expectation, missText, worstMiss } from "./bound.ts";
import type { KernelCall } from "./calls/call.ts";
import { cutsOf, type Difference, differenceOf, differenceText } from "./ranges.ts";

/** The first fault of a kernel on a shape. */
export interface KernelFault {
  readonly kernel: string;
  readonly shape: string;
  /** The check that failed, in words. */
  readonly check: string;
  readonly array?: string;
  readonly index?: number;
  readonly expected?: number;
  readonly got?: number;
  /** All of the fault in one line. */
  readonly message: string;
}

/**
 * Runs a call on a backend in every way that must not matter.
 *
 * - whole: within the bound of the exact result; all outputs written and nothing else
 * - its range cut, in either order: the same bits
 * - in place, where an output may share an input's place: the same bits
 *
 * @param thorough false: only whole, which is enough for large shapes
 */
export function findFault(
  backend: Backend,
  call: KernelCall,
  expectation: Expectation,
  thorough = true,
): KernelFault | undefined {
  const who = `${call.kernel} (${call.label})`;
  const fault = (check: string, text: string, found: object = {}): KernelFault => {
    return { kernel: call.kernel, shape: call.label, check, ...found, message: `${who}, ${check}: ${text}` };
  };
  let check = "whole";
  const differs = (results: Results, whole: Results) => {
    const found: Difference | undefined = differenceOf(whole, results);
    return found && fault(check, differenceText(found), found);
  };
  try {
    const whole = runCall(backend, call);
    const miss = worstMiss(expectation, whole);
    if (miss !== undefined) return fault(check, missText(miss), miss);
    if (!thorough) return undefined;
    for (const cuts of cutsOf(call.extent)) {
      for (const backwards of [false, true]) {
        check = `cut at ${cuts.join(", ") || "no place"}${backwards ? ", backwards" : ""}`;
        const found = differs(runCall(backend, call, { cuts, backwards }), whole);
        if (found !== undefined) return found;
      }
    }
    if (call.inPlace === undefined) return undefined;
    check = "in place";
    return differs(runCall(backend, call, { inPlace: true }), whole);
  } catch (error) {
    // The arena's canaries, or a trap in wasm.
    return fault(check, error instanceof CanaryError ? error.problem : reasonOf(error));
  }
}
