/**
 * Checks of every kernel on every engine.
 *
 * @module
 */

import { afterAll, describe, expect, it } from "vitest";
import { type Backend, referenceBackend, runCall } from "../../src/bench/arena.ts";
import { type Expectation, expectationOf, missText, worstMiss } from "../../src/bench/bound.ts";
import { callsByKernel } from "../../src/bench/calls/index.ts";
import { cutsOf, differenceOf, differenceText } from "../../src/bench/ranges.ts";

/** A backend, there or to be made. */
type Making = () => Backend | Promise<Backend>;

/** Tests of all kernels of backends, by their names: bounds, memory, ranges, aliasing. */
export function testKernels(backends: Readonly<Record<string, Making>>): void {
  const exact = referenceBackend("float64");

  describe.each([...callsByKernel()])("%s", (_kernel, calls) => {
    let known: readonly Expectation[] | undefined;
    /** Exact results and largest errors of the calls, computed once for all backends. */
    const expectations = () => {
      known ??= calls.map((call) => expectationOf(exact, call));
      return known;
    };
    afterAll(() => {
      known = undefined;
    });

    describe.each(Object.entries(backends))("on %s", (_name, makeBackend) => {
      it("is within the bound of the exact result and writes all of its outputs and nothing else", async () => {
        const backend = await makeBackend();
        const misses = calls.flatMap((call, i) => {
          const miss = worstMiss(expectations()[i], runCall(backend, call));
          return miss === undefined ? [] : [`${call.label}: ${missText(miss)}`];
        });
        expect(misses).toEqual([]);
      });

      it("gives the same bits however its range is cut, in either order", async () => {
        const backend = await makeBackend();
        for (const call of calls) {
          const whole = runCall(backend, call);
          for (const cuts of cutsOf(call.extent)) {
            for (const backwards of [false, true]) {
              const found = differenceOf(whole, runCall(backend, call, { cuts, backwards }));
              if (found !== undefined) {
                const order = backwards ? "backwards, " : "";
                expect.fail(`${call.label}, ${order}cut at ${cuts}: ${differenceText(found)}`);
              }
            }
          }
        }
      });

      if (calls.some((call) => call.inPlace !== undefined)) {
        it("gives the same bits in place", async () => {
          const backend = await makeBackend();
          for (const call of calls) {
            const found = differenceOf(runCall(backend, call), runCall(backend, call, { inPlace: true }));
            expect(found, call.label).toBeUndefined();
          }
        });
      }
    });
  });
}
