import { type Dataset, imageSize } from "./dataset.ts";

/** Statistics of the pixels and labels of a data set. */
export interface DatasetStatistics {
  /** Lowest value of any pixel. */
  readonly minimum: number;
  /** Highest value of any pixel. */
  readonly maximum: number;
  /** Mean of each channel. */
  readonly mean: readonly number[];
  /** Standard deviation of each channel over all pixels. */
  readonly deviation: readonly number[];
  /** Images of each class; undefined where images have targets in place of labels. */
  readonly counts: readonly number[] | undefined;
}

/**
 * Range, mean and deviation of the pixels, and how many images each class has. Mean and deviation fit the `input` of a model.
 *
 * @example
 * const { mean, deviation } = datasetStatistics(train);
 * createModel({ input: { shape: train.shape, mean, deviation }, layers: [flatten(), dense({ units: train.classes })] });
 */
export function datasetStatistics(dataset: Dataset): DatasetStatistics {
  const { images, labels, classes, shape } = dataset;
  const channels = shape[2];
  const size = imageSize(dataset);
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  // Sums of each image first, so that no sum grows so large that small values get lost.
  for (let begin = 0; begin < images.length; begin += size) {
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      let square = 0;
      for (let i = begin + c; i < begin + size; i += channels) {
        const value = images[i];
        sum += value;
        square += value * value;
        if (value < minimum) minimum = value;
        if (value > maximum) maximum = value;
      }
      sums[c] += sum;
      squares[c] += square;
    }
  }
  const count = images.length / channels;
  const mean = Array.from(sums, (sum) => sum / count);
  const deviation = mean.map((m, c) => Math.sqrt(Math.max(0, squares[c] / count - m * m)));
  return { minimum, maximum, mean, deviation, counts: labels && classCounts(labels, classes) };
}

function classCounts(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]] += 1;
  return counts;
}
