/**
 * Dense layers: y = x w + bias and its gradients.
 *
 * The products are tiled for speed: 2 x 4 results at a time are held in local variables, so that six loads serve eight
 * multiplications. V8 keeps them in registers only as variables of one function, so each kernel spells its tile out. A tile at the edge repeats the last row or column instead of having code of its own: it writes the
 * same value twice. Every result is one sum in the order of its index, so cutting the axis elsewhere changes no bit.
 *
 * @module
 */

import { biasValue, type Heap } from "./heap.ts";

/** The dense kernels over one heap. */
export function denseKernels(heap: Heap) {
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
      const lastUnit = units - 1;
      for (let unit = 0; unit < units; unit += 4) {
        const unit1 = Math.min(unit + 1, lastUnit);
        const unit2 = Math.min(unit + 2, lastUnit);
        const unit3 = Math.min(unit + 3, lastUnit);
        for (let sample = begin; sample < end; sample += 2) {
          const sample1 = Math.min(sample + 1, end - 1);
          const x0 = x + sample * inputs;
          const x1 = x + sample1 * inputs;
          let sum00 = biasValue(heap, bias, unit);
          let sum01 = biasValue(heap, bias, unit1);
          let sum02 = biasValue(heap, bias, unit2);
          let sum03 = biasValue(heap, bias, unit3);
          let sum10 = sum00;
          let sum11 = sum01;
          let sum12 = sum02;
          let sum13 = sum03;
          for (let i = 0; i < inputs; i++) {
            const value0 = heap[x0 + i];
            const value1 = heap[x1 + i];
            const row = w + i * units;
            const weight0 = heap[row + unit];
            const weight1 = heap[row + unit1];
            const weight2 = heap[row + unit2];
            const weight3 = heap[row + unit3];
            sum00 += value0 * weight0;
            sum01 += value0 * weight1;
            sum02 += value0 * weight2;
            sum03 += value0 * weight3;
            sum10 += value1 * weight0;
            sum11 += value1 * weight1;
            sum12 += value1 * weight2;
            sum13 += value1 * weight3;
          }
          const y0 = y + sample * units;
          const y1 = y + sample1 * units;
          heap[y0 + unit] = Math.max(sum00, lower);
          heap[y0 + unit1] = Math.max(sum01, lower);
          heap[y0 + unit2] = Math.max(sum02, lower);
          heap[y0 + unit3] = Math.max(sum03, lower);
          heap[y1 + unit] = Math.max(sum10, lower);
          heap[y1 + unit1] = Math.max(sum11, lower);
          heap[y1 + unit2] = Math.max(sum12, lower);
          heap[y1 + unit3] = Math.max(sum13, lower);
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
      const lastInput = inputs - 1;
      for (let input = 0; input < inputs; input += 4) {
        const input1 = Math.min(input + 1, lastInput);
        const input2 = Math.min(input + 2, lastInput);
        const input3 = Math.min(input + 3, lastInput);
        const w0 = w + input * units;
        const w1 = w + input1 * units;
        const w2 = w + input2 * units;
        const w3 = w + input3 * units;
        for (let sample = begin; sample < end; sample += 2) {
          const sample1 = Math.min(sample + 1, end - 1);
          const dy0 = dy + sample * units;
          const dy1 = dy + sample1 * units;
          let sum00 = 0;
          let sum01 = 0;
          let sum02 = 0;
          let sum03 = 0;
          let sum10 = 0;
          let sum11 = 0;
          let sum12 = 0;
          let sum13 = 0;
          for (let i = 0; i < units; i++) {
            const value0 = heap[dy0 + i];
            const value1 = heap[dy1 + i];
            const weight0 = heap[w0 + i];
            const weight1 = heap[w1 + i];
            const weight2 = heap[w2 + i];
            const weight3 = heap[w3 + i];
            sum00 += value0 * weight0;
            sum01 += value0 * weight1;
            sum02 += value0 * weight2;
            sum03 += value0 * weight3;
            sum10 += value1 * weight0;
            sum11 += value1 * weight1;
            sum12 += value1 * weight2;
            sum13 += value1 * weight3;
          }
          const dx0 = dx + sample * inputs;
          const dx1 = dx + sample1 * inputs;
          heap[dx0 + input] = sum00;
          heap[dx0 + input1] = sum01;
          heap[dx0 + input2] = sum02;
          heap[dx0 + input3] = sum03;
          heap[dx1 + input] = sum10;
          heap[dx1 + input1] = sum11;
          heap[dx1 + input2] = sum12;
          heap[dx1 + input3] = sum13;
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
      const lastUnit = units - 1;
      for (let row = begin; row < end; row += 2) {
        const row1 = Math.min(row + 1, end - 1);
        for (let unit = 0; unit < units; unit += 4) {
          const unit1 = Math.min(unit + 1, lastUnit);
          const unit2 = Math.min(unit + 2, lastUnit);
          const unit3 = Math.min(unit + 3, lastUnit);
          let sum00 = 0;
          let sum01 = 0;
          let sum02 = 0;
          let sum03 = 0;
          let sum10 = 0;
          let sum11 = 0;
          let sum12 = 0;
          let sum13 = 0;
          for (let sample = 0; sample < n; sample++) {
            const value0 = heap[x + sample * inputs + row];
            const value1 = heap[x + sample * inputs + row1];
            const from = dy + sample * units;
            const gradient0 = heap[from + unit];
            const gradient1 = heap[from + unit1];
            const gradient2 = heap[from + unit2];
            const gradient3 = heap[from + unit3];
            sum00 += value0 * gradient0;
            sum01 += value0 * gradient1;
            sum02 += value0 * gradient2;
            sum03 += value0 * gradient3;
            sum10 += value1 * gradient0;
            sum11 += value1 * gradient1;
            sum12 += value1 * gradient2;
            sum13 += value1 * gradient3;
          }
          const dw0 = dw + row * units;
          const dw1 = dw + row1 * units;
          heap[dw0 + unit] = sum00;
          heap[dw0 + unit1] = sum01;
          heap[dw0 + unit2] = sum02;
          heap[dw0 + unit3] = sum03;
          heap[dw1 + unit] = sum10;
          heap[dw1 + unit1] = sum11;
          heap[dw1 + unit2] = sum12;
          heap[dw1 + unit3] = sum13;
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
