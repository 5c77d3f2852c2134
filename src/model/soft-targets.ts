import { classOf, type Targets } from "../data/class-of.ts";

/**
 * Writes a share of each class for `n` images: targets of the data set, or all for the class of the label; image i is
 * `indices[begin + i]`, or begin + i itself.
 *
 * @param rows [n, width], overwritten; the width may be more than the data set's classes
 * @param smoothing part of each row that is spread over all classes
 * @param classWeights factor of each class, after the smoothing, as PyTorch's `cross_entropy` has them; undefined for 1 each
 */
export function writeSoftTargets(
  rows: Float64Array,
  data: Targets,
  n: number,
  begin: number,
  indices: Uint32Array | undefined,
  smoothing: number,
  classWeights?: Float64Array,
): void {
  const { labels, targets, classes } = data;
  const width = rows.length / n;
  const spread = smoothing / width;
  for (let i = 0; i < n; i++) {
    const from = indices === undefined ? begin + i : indices[begin + i];
    const label = classOf(data, from);
    for (let c = 0; c < width; c++) {
      const share = labels === undefined && targets !== undefined ? targets[from * classes + c] : c === label ? 1 : 0;
      rows[i * width + c] = ((1 - smoothing) * share + spread) * (classWeights === undefined ? 1 : classWeights[c]);
    }
  }
}
