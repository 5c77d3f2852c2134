/**
 * Dense layers: y = x w + bias and its gradients.
 *
 * The products are tiled for speed: see `product-tile.ts`.
 *
 * @module
 */

import type { Heap } from "./heap.ts";
import { addProducts, boundTile, newTile, startTile, storeProducts, storeTile } from "./product-tile.ts";

/** The run of products that begins where the rows and columns do. */
const ONE_RUN = new Int32Array(2);

/** The dense kernels over one heap. */
export function denseKernels(heap: Heap) {
  const tile = newTile();
  return {
    /**
     * y = max(x w + bias, lower); lower = -Infinity for no clamp; NaN stays. Axis: samples.
     *
     * x [n, inputs]; w [inputs, units]; panels unused here; bias [units], or 0 for none; y [n, units]. 2 n inputs units
     * operations.
     */
    dense_forward(
      begin: number,
      end: number,
      x: number,
      w: number,
      _panels: number,
      bias: number,
      y: number,
      inputs: number,
      units: number,
      lower: number,
    ): void {
      for (let unit = 0; unit < units; unit += 4) {
        for (let sample = begin; sample < end; sample += 2) {
          const sample1 = Math.min(sample + 1, end - 1);
          const [x0, x1] = [x + sample * inputs, x + sample1 * inputs];
          startTile(heap, tile, bias, 0, 0, unit, units - 1);
          addProducts(heap, tile, x0, x1, w, unit, units - 1, 1, ONE_RUN, 1, inputs, 1, units);
          boundTile(tile, lower);
          storeTile(heap, tile, y + sample * units, y + sample1 * units, unit, units - 1);
        }
      }
    },

    /**
     * dx = dy w^T. Axis: samples.
     *
     * dy [n, units]; w [inputs, units]; panels unused here; dx [n, inputs]. 2 n inputs units operations.
     */
    dense_backward_data(
      begin: number,
      end: number,
      dy: number,
      w: number,
      _panels: number,
      dx: number,
      inputs: number,
      units: number,
    ): void {
      for (let input = 0; input < inputs; input += 4) {
        for (let sample = begin; sample < end; sample += 2) {
          const sample1 = Math.min(sample + 1, end - 1);
          const [dy0, dy1] = [dy + sample * units, dy + sample1 * units];
          const [to0, to1] = [dx + sample * inputs, dx + sample1 * inputs];
          storeProducts(heap, dy0, dy1, w, input, inputs - 1, units, units, 1, 1, to0, to1);
        }
      }
    },

    /**
     * dw = x^T dy. Axis: rows (inputs) of dw.
     *
     * x [n, inputs]; dy [n, units]; dw [inputs, units]; scratch unused here. 2 n inputs units operations.
     */
    dense_backward_weights(
      begin: number,
      end: number,
      x: number,
      dy: number,
      dw: number,
      n: number,
      inputs: number,
      units: number,
      _scratch: number,
    ): void {
      for (let row = begin; row < end; row += 2) {
        const row1 = Math.min(row + 1, end - 1);
        for (let unit = 0; unit < units; unit += 4) {
          const [to0, to1] = [dw + row * units, dw + row1 * units];
          storeProducts(heap, x + row, x + row1, dy, unit, units - 1, 1, n, inputs, units, to0, to1);
        }
      }
    },

    /**
     * dx = dy w^T and w -= hyper[0] x^T dy of one sample. Axis: rows (inputs) of w.
     *
     * x [inputs]; dy [units]; w [inputs, units], read and written; dx [inputs], 0 for none. With `sparse` rows whose x is
     * zero are left alone, and dx is zero there. 4 inputs units operations.
     */
    dense_backward_sgd(
      begin: number,
      end: number,
      x: number,
      dy: number,
      w: number,
      dx: number,
      units: number,
      sparse: number,
      hyper: number,
    ): void {
      const rate = heap[hyper];
      for (let input = begin; input < end; input++) {
        const value = heap[x + input];
        let sum = 0;
        if (sparse === 0 || value !== 0) {
          const row = w + input * units;
          for (let unit = 0; unit < units; unit++) {
            const gradient = heap[dy + unit];
            const weight = heap[row + unit];
            sum += gradient * weight;
            heap[row + unit] = weight - rate * (value * gradient);
          }
        }
        if (dx !== 0) heap[dx + input] = sum;
      }
    },

    /**
     * db_j = sum over the rows of dy. Axis: columns.
     *
     * dy [rows, columns]; db [columns]. For the shared bias of a convolution rows = n p q, for an untied one rows = n.
     */
    bias_backward(begin: number, end: number, dy: number, db: number, rows: number, columns: number): void {
      const count = end - begin;
      const sums = new Float64Array(count);
      for (let row = 0; row < rows; row++) {
        const from = dy + row * columns + begin;
        for (let j = 0; j < count; j++) sums[j] += heap[from + j];
      }
      heap.set(sums, db + begin);
    },
  };
}
