/**
 * What the reference kernels compute on: float32 is the plain-JavaScript engine, float64 the exact reference of the
 * tests.
 *
 * Every number a kernel takes as an array is an offset into the heap, in elements.
 */
export type Heap = Float32Array | Float64Array;
