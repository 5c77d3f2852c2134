import type { Dataset, StreamedDataset } from "./dataset.ts";
import { eachBatch } from "./each-batch.ts";

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

/** Sums over the pixels of a data set. */
export interface PixelSums {
  /** Adds images. */
  add(data: Dataset): void;
  /** The figures of all images that were added. */
  statistics(): DatasetStatistics;
}

/** Images that are read at once. */
const AT_ONCE = 256;

/** Adds all images of a streamed data set, in one pass. */
export async function readStatistics(dataset: StreamedDataset, sums: PixelSums): Promise<DatasetStatistics> {
  for await (const { data } of eachBatch(dataset, AT_ONCE)) sums.add(data);
  return sums.statistics();
}
