/**
 * The memory of the reference kernels: float32 for the plain-JavaScript engine, float64 for the exact reference of the
 * tests.
 *
 * Every number a kernel takes as an array is an offset into the heap, in elements.
 */
export type Heap = Float32Array | Float64Array;

/** An element of a bias, 0 where there is none. */
export function biasValue(heap: Heap, bias: number, index: number): number {
  return bias === 0 ? 0 : heap[bias + index];
}
