/** The correlation of two lists of numbers (Pearson), from -1 to 1. */
export function correlation(a: Uint8Array | Float64Array, b: Uint8Array | Float64Array): number {
  const mean = (list: Uint8Array | Float64Array) => {
    let sum = 0;
    for (const value of list) sum += value;
    return sum / list.length;
  };
  const [meanA, meanB] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    ab += (a[i] - meanA) * (b[i] - meanB);
    aa += (a[i] - meanA) ** 2;
    bb += (b[i] - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}
