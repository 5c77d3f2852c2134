import { type AnyDataset, type Dataset, type DatasetFacts, imageSize, type StreamedDataset } from "./dataset.ts";
import { type DatasetStatistics, type PixelSums, readStatistics } from "./streamed-statistics.ts";

export type { DatasetStatistics } from "./streamed-statistics.ts";

/**
 * Range, mean and deviation of the pixels, and how many images each class has. Mean and deviation fit the `input` of a model.
 *
 * @example
 * const { mean, deviation } = datasetStatistics(train);
 * createModel({ input: { shape: train.shape, mean, deviation }, layers: [flatten(), dense({ units: train.classes })] });
 */
export function datasetStatistics(dataset: Dataset): DatasetStatistics;
/** The same of a streamed data set, which is read once from its first image to its last. */
export function datasetStatistics(dataset: StreamedDataset): Promise<DatasetStatistics>;
export function datasetStatistics(dataset: AnyDataset): DatasetStatistics | Promise<DatasetStatistics>;
export function datasetStatistics(dataset: AnyDataset): DatasetStatistics | Promise<DatasetStatistics> {
  const sums = pixelSums(dataset);
  if ("read" in dataset) return readStatistics(dataset, sums);
  sums.add(dataset);
  return sums.statistics();
}

/** Images of each class. */
export function classCounts(labels: ArrayLike<number>, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  for (let i = 0; i < labels.length; i++) counts[labels[i]] += 1;
  return counts;
}

/** Sums over pixels, to which images are added in their order. */
function pixelSums({ shape, classes }: DatasetFacts): PixelSums {
  const channels = shape[2];
  const size = imageSize({ shape });
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  let counts: number[] | undefined = classCounts([], classes);
  let values = 0;
  let minimum = Number.POSITIVE_INFINITY;
  let maximum = Number.NEGATIVE_INFINITY;
  return {
    add({ images, labels }) {
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
      values += images.length;
      const more = labels && classCounts(labels, classes);
      counts = more && counts?.map((count, label) => count + more[label]);
    },
    statistics() {
      const count = values / channels;
      const mean = Array.from(sums, (sum) => sum / count);
      const deviation = mean.map((m, c) => Math.sqrt(Math.max(0, squares[c] / count - m * m)));
      return { minimum, maximum, mean, deviation, counts };
    },
  };
}
