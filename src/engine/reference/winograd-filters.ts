/**
 * Winograd's transform of 3 x 3 filters, F(4 x 4, 3 x 3) (Lavin & Gray, 2016), as the definition has it. The plain convolutions
 * read the filters themselves; this kernel is the oracle of its WebAssembly twin.
 *
 * @module
 */

import { PANEL, WINOGRAD_POINTS } from "../kernel-sizes.ts";
import type { Heap } from "./heap.ts";

/** Rows of G: the filter as a polynomial at the points 0, +-a, +-2a and infinity, a = sqrt(1/2), and divided by N(point). */
const POINTS = [0, Math.SQRT1_2, -Math.SQRT1_2, Math.SQRT2, -Math.SQRT2];
const SCALES = [1, -2 / 3, -2 / 3, 1 / 6, 1 / 6];
const G = [...POINTS.map((x, i) => [SCALES[i], SCALES[i] * x, SCALES[i] * x * x]), [0, 0, 1]];

/** The kernel of the filters' transform over one heap. */
export function winogradFilterKernels(heap: Heap) {
  return {
    /**
     * U = G g G^T for every row and column. packed [panels, 9, rows, 8], the taps in reverse if `reversed`; panels
     * [panels, 36, rows, 8]. Axis: panels. The convolutions of this file read the filters themselves.
     */
    winograd_filters(
      begin: number,
      end: number,
      packed: number,
      panels: number,
      rows: number,
      reversed: number,
      _scratch: number,
    ): void {
      const step = rows * PANEL;
      for (let panel = begin; panel < end; panel++) {
        for (let place = 0; place < step; place++) {
          for (let point = 0; point < WINOGRAD_POINTS; point++) {
            const down = G[Math.floor(point / 6)];
            const across = G[point % 6];
            let sum = 0;
            for (let tap = 0; tap < 9; tap++) {
              const from = reversed === 0 ? tap : 8 - tap;
              sum += down[Math.floor(tap / 3)] * across[tap % 3] * heap[packed + (panel * 9 + from) * step + place];
            }
            heap[panels + (panel * WINOGRAD_POINTS + point) * step + place] = sum;
          }
        }
      }
    },
  };
}
