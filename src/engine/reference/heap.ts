/**
 * The memory of the reference kernels: float32 for the plain-JavaScript engine, float64 for the exact reference of the
 * tests.
 *
 * Every number a kernel takes as an array is an offset into the heap, in elements.
 */
export type Heap = Float32Array | Float64Array;

/** Floats of a row of a sample's sums: c in whole vectors of four. */
export function padded(c: number): number {
  return Math.ceil(c / 4) * 4;
}

/** An element of a bias, 0 where there is none. */
export function biasValue(heap: Heap, bias: number, index: number): number {
  return bias === 0 ? 0 : heap[bias + index];
}
