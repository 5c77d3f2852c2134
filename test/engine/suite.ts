/**
 * What must hold of every kernel on every engine.
 *
 * @module
 */

import { describe, expect, it } from "vitest";
import { type Backend, type Results, referenceBackend, runCall } from "../../src/bench/arena.ts";
import { worstMiss } from "../../src/bench/bound.ts";
import { callsByKernel, networkCalls } from "../../src/bench/calls/index.ts";

/** Where two runs differ in a bit, NaN patterns and signs of zero included; undefined where they do not. */
function difference(one: Results, other: Results): string | undefined {
  for (const [name, values] of one) {
    const counterpart = other.get(name);
    if (counterpart === undefined) return `no result "${name}"`;
    const words = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
    const others = new Uint32Array(counterpart.buffer, counterpart.byteOffset, counterpart.byteLength / 4);
    for (let i = 0; i < words.length; i++) {
      if (words[i] === others[i]) continue;
      const at = Math.floor((i * 4) / values.BYTES_PER_ELEMENT);
      return `"${name}" at ${at}: ${values[at]} and ${counterpart[at]}`;
    }
  }
  return undefined;
}

/** Ways to cut [0, extent): in unit slices, in two at each of some places, and with an empty slice. */
function cutsOf(extent: number): number[][] {
  const inner = Array.from({ length: Math.max(extent - 1, 0) }, (_, i) => i + 1);
  const some = inner.filter((cut) => cut < 4 || extent - cut < 4 || cut === Math.floor(extent / 2));
  return [inner.slice(0, 64), ...some.map((cut) => [cut]), [0], [extent, extent]];
}

/** Tests of all kernels of a backend: bounds, memory, ranges, aliasing. */
export function testKernels(name: string, makeBackend: () => Backend | Promise<Backend>): void {
  const exact = referenceBackend("float64");

  describe.each([...callsByKernel()])(`${name}: %s`, (_kernel, calls) => {
    it("is within the bound of the exact result and writes all of its outputs and nothing else", async () => {
      const backend = await makeBackend();
      const misses = calls.map((call) => worstMiss(exact, call, runCall(backend, call)));
      expect(misses.filter((miss) => miss !== undefined)).toEqual([]);
    });

    it("gives the same bits however its range is cut, in either order", async () => {
      const backend = await makeBackend();
      for (const call of calls) {
        const whole = runCall(backend, call);
        for (const cuts of cutsOf(call.extent)) {
          for (const backwards of [false, true]) {
            const found = difference(whole, runCall(backend, call, { cuts, backwards }));
            if (found !== undefined)
              expect.fail(`${call.label}, ${backwards ? "backwards, " : ""}cut at ${cuts}: ${found}`);
          }
        }
      }
    });

    if (calls.some((call) => call.inPlace !== undefined)) {
      it("gives the same bits in place", async () => {
        const backend = await makeBackend();
        for (const call of calls) {
          const found = difference(runCall(backend, call), runCall(backend, call, { inPlace: true }));
          expect(found, call.label).toBeUndefined();
        }
      });
    }
  });

  it(`${name}: layers of real networks are within the bound`, async () => {
    const backend = await makeBackend();
    for (const call of networkCalls()) expect(worstMiss(exact, call, runCall(backend, call))).toBeUndefined();
  });
}
