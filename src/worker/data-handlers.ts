import { createDataset, type Dataset, imageSize, sliceDataset, takeDataset } from "../data/dataset.ts";
import { digits } from "../data/digits/dataset.ts";
import type { DigitsOptions } from "../data/digits/generate.ts";
import type { ReadDataOptions } from "../data/read/options.ts";
import { readData } from "../data/read-data.ts";
import { Breather } from "../training/pause.ts";
import type { Handlers, OnProgress } from "./handlers.ts";
import type { DatasetInfo } from "./protocol.ts";
import type { Shelf } from "./shelf.ts";

type DataCall = "digits" | "readData" | "addDataset" | "images" | "slice" | "disposeData";

/** The calls about data sets. */
export function dataHandlers(
  datasets: Shelf<Dataset>,
  decodeImage: ReadDataOptions["decodeImage"],
): Handlers<DataCall> {
  const add = (data: Dataset): DatasetInfo => {
    const { name, length, shape, classes, classNames } = data;
    return { data: datasets.add(data), name, length, shape, classes, classNames };
  };
  return {
    digits: async (options) => add(await drawDigits(options)),

    async readData({ files, settings }, onProgress) {
      const { train, test, ...rest } = await readData(files, {
        ...settings,
        decodeImage,
        onProgress: seldom(onProgress),
      });
      return { ...rest, train: train && add(train), test: test && add(test) };
    },

    addDataset: (init) => add(createDataset(init)),

    images({ data, indices }) {
      const { images, labels } = takeDataset(datasets.get(data), indices);
      return { images, labels };
    },

    slice: ({ data, begin, end }) => add(sliceDataset(datasets.get(data), begin, end)),

    disposeData({ data }) {
      datasets.remove(data);
    },
  };
}

/** Digits drawn between two looks at messages. */
const CHUNK = 100;

const DEFAULT_COUNT = 10_000;

/** Draws digits without keeping the worker from its messages. */
async function drawDigits(options: Partial<DigitsOptions>): Promise<Dataset> {
  const { count = DEFAULT_COUNT, seed = 0, start = 0 } = options;
  // Checks the options before there is memory for all.
  const first = digits({ count: Math.min(count, CHUNK), seed, start });
  if (count <= CHUNK) return first;
  const size = imageSize(first);
  const images = new Uint8Array(count * size);
  const labels = new Uint8Array(count);
  const breather = new Breather();
  for (let begin = 0; begin < count; begin += CHUNK) {
    const drawn = digits({ count: Math.min(CHUNK, count - begin), seed, start: start + begin });
    images.set(drawn.images, begin * size);
    if (drawn.labels !== undefined) labels.set(drawn.labels, begin);
    await breather.pause();
  }
  return createDataset({ ...first, images, labels });
}

/** Milliseconds from one word on progress to the next. */
const PROGRESS_EVERY = 1000 / 60;

/** The same, but no more often than a page draws. */
function seldom(onProgress: OnProgress): OnProgress {
  let next = 0;
  return (done, total) => {
    if (performance.now() < next && done !== total) return;
    next = performance.now() + PROGRESS_EVERY;
    onProgress(done, total);
  };
}
