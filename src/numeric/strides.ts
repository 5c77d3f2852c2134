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
  const count = shape.reduce((product, extent) => product * extent, 1);
  const at = new Array<number>(shape.length).fill(0);
  let place = 0;
  for (let index = 0; index < count; index++) {
    move(place, index);
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at[axis] += 1;
      place += strides[axis];
      if (at[axis] < shape[axis]) break;
      place -= strides[axis] * shape[axis];
      at[axis] = 0;
    }
  }
}
