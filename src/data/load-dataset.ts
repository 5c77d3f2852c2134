import { isFloat32Array } from "../numeric/array-kinds.ts";
import { ABORT_SIGNAL, callable } from "../options/instances.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../options/schema.ts";
import { type AnyDataset, createDataset, type Dataset, imageSize } from "./dataset.ts";
import { eachBatch } from "./each-batch.ts";
import { filled, filledLabels } from "./filled.ts";
import type { ClassLabels, Pixels } from "./pixels.ts";

/** Options of `loadDataset`. */
export const LOAD_DATASET = {
  /** Ends the reading; the promise then rejects with its reason. */
  signal: { kind: ABORT_SIGNAL, optional: true },
  /** Called now and then with the number of images that were read. */
  onProgress: { kind: callable<(done: number) => void>(), optional: true },
} as const satisfies OptionSchema;

/** Options of {@link loadDataset}. */
export interface LoadDatasetOptions extends OptionsOf<typeof LOAD_DATASET> {}

/** Images that are read at once. */
const AT_ONCE = 256;

/**
 * A streamed data set read into memory; one that is there already is returned as it is.
 *
 * @param data of `n` images, whose pixels fit into one array
 * @throws RangeError if they do not, or what was read is wrong
 * @example
 * const streamed = createStreamedDataset({
 *   shape: [1, 1, 1],
 *   labels: Uint8Array.of(0, 1, 0, 1),
 *   read: (indices) => Uint8Array.from(indices, (index) => 10 * index),
 * });
 * const first = await loadDataset(sliceDataset(streamed, 0, 3)); // first.images are 0, 10, 20
 */
export async function loadDataset(data: AnyDataset, options: LoadDatasetOptions = {}): Promise<Dataset> {
  const { signal, onProgress } = readOptions("loadDataset", LOAD_DATASET, options);
  if (!("read" in data)) return data;
  const { name, length, shape, classes, classNames, scaling, sampleWeight } = data;
  const size = imageSize(data);
  let images: Pixels = new Uint8Array(0);
  let labels: ClassLabels | undefined;
  let targets: Pixels | undefined;
  for await (const { begin, end, pixels, data: some } of eachBatch(data, AT_ONCE, signal)) {
    images = filled(images, pixels, begin * size, length * size);
    labels = some.labels && filledLabels(labels, some.labels, begin, length);
    targets = some.targets && filled(targets, some.targets, begin * classes, length * classes);
    onProgress?.(end);
  }
  const answers = { labels, ...(isFloat32Array(targets) && { targets }) };
  return createDataset({ name, shape, classes, classNames, scaling, images, ...answers, sampleWeight });
}
