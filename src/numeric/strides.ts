/** Elements from one index to the next along each axis of an array in row order, whose last axis runs fastest. */
export function rowStrides(shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1] * shape[axis + 1];
  return strides;
}

/**
 * Calls `move` for each element of an array of some shape, with the element's place by the strides and its index in row order,
 * which rises by 1 from call to call.
 *
 * @param strides places from one index to the next, for each axis of the shape
 */
export function forEachStrided(
  shape: readonly number[],
  strides: readonly number[],
  move: (place: number, index: number) => void,
): void {
  const last = shape.length - 1;
  const count = shape.reduce((product, extent) => product * extent, 1);
  // Without axes there is one element.
  const [length, step] = last < 0 ? [1, 0] : [shape[last], strides[last]];
  const at = new Array<number>(shape.length).fill(0);
  let start = 0;
  for (let index = 0; index < count; ) {
    for (let i = 0; i < length; i++) move(start + i * step, index++);
    for (let axis = last - 1; axis >= 0; axis--) {
      at[axis] += 1;
      start += strides[axis];
      if (at[axis] < shape[axis]) break;
      start -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
}
