/**
 * Index of the first maximum among some values, counted from the first of these; none of them may be NaN.
 *
 * @param begin the first one; default 0
 * @param count how many; default all from there on
 * @example
 * const scores = await model.predict(images); // [n, 10]
 * const second = argmax(scores, 10, 10); // the class of the second image
 */
export function argmax(values: ArrayLike<number>, begin = 0, count: number = values.length - begin): number {
  let best = 0;
  for (let i = 1; i < count; i++) if (values[begin + i] > values[begin + best]) best = i;
  return best;
}
