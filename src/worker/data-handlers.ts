import {
  createDataset,
  type Dataset,
  imageSize,
  sliceDataset,
  splitDataset,
  splitPerClass,
  takeDataset,
} from "../data/dataset.ts";
import { digits } from "../data/digits/dataset.ts";
import type { DigitsOptions } from "../data/digits/generate.ts";
import { STANDARD_DIGITS } from "../data/digits/standard.ts";
import { lieTogether } from "../data/draw.ts";
import { setHdf5Address } from "../data/read/hdf5-library.ts";
import type { ReadDataOptions } from "../data/read/options.ts";
import type { ReadData } from "../data/read/parts.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { readData } from "../data/read-data.ts";
import { Breather } from "../training/pause.ts";
import type { Handlers, OnProgress } from "./handlers.ts";
import { digitsOrigin, drawnOrigin, type Origin, ownOrigin, sliceOrigin } from "./origin.ts";
import type { DatasetInfo, ReadInfo } from "./protocol.ts";
import type { HostedDataset } from "./run-notes.ts";
import type { Shelf } from "./shelf.ts";

type DataCall = "digits" | "readData" | "addRead" | "addDataset" | "images" | "slice" | "split" | "disposeData";

/** The calls about data sets. */
export function dataHandlers(
  datasets: Shelf<HostedDataset>,
  decodeImage: ReadDataOptions["decodeImage"],
): Handlers<DataCall> {
  const add = (data: Dataset, origin: Origin, whole?: Dataset): DatasetInfo => {
    const { name, length, shape, classes, classNames, scaling } = data;
    return { data: datasets.add({ data, origin, whole }), name, length, shape, classes, classNames, scaling };
  };
  const addRead = ({ train, test, ...rest }: ReadData, settings: ReadSettings): ReadInfo => {
    const images = { train: train?.length ?? 0, test: test?.length ?? 0 };
    const group = { source: "folder", reader: settings, images } as const;
    const addPart = (part: "train" | "test", data: Dataset | undefined) =>
      data && add(data, { group, part, range: [0, data.length] });
    return { ...rest, train: addPart("train", train), test: addPart("test", test) };
  };
  return {
    async digits({ count = DEFAULT_COUNT, seed = STANDARD_DIGITS.seed, start = 0 }) {
      const which = { count, seed, start };
      return add(await drawDigits(which), digitsOrigin(which));
    },

    async readData({ files, settings, hdf5 }, onProgress) {
      setHdf5Address(hdf5);
      return addRead(await readData(files, { ...settings, decodeImage, onProgress: seldom(onProgress) }), settings);
    },

    addRead: ({ read, settings }) => addRead(read, settings),

    addDataset(init) {
      const data = createDataset(init);
      return add(data, ownOrigin(data.length));
    },

    images({ data, indices }) {
      const { images, labels } = takeDataset(datasets.get(data).data, indices);
      return { images, labels };
    },

    slice({ data, begin, end }) {
      const whole = datasets.get(data);
      return add(sliceDataset(whole.data, begin, end), sliceOrigin(whole.origin, begin, end));
    },

    split({ data, part, draw }) {
      const { data: whole, origin } = datasets.get(data);
      if ((draw ?? (lieTogether(whole) ? "classes" : "order")) === "order") {
        const { rest, heldOut } = splitDataset(whole, part, "order");
        return {
          rest: add(rest, sliceOrigin(origin, 0, rest.length)),
          heldOut: add(heldOut, sliceOrigin(origin, rest.length, whole.length)),
        };
      }
      const { rest, heldOut } = splitPerClass(whole, part, origin.group.reader?.splitSeed);
      return {
        rest: add(rest, drawnOrigin(origin, part, false), whole),
        heldOut: add(heldOut, drawnOrigin(origin, part, true), whole),
      };
    },

    disposeData({ data }) {
      datasets.remove(data);
    },
  };
}

/** Digits drawn between two looks at messages. */
const CHUNK = 100;

/** Digits unless said otherwise: drawn in half a second. */
const DEFAULT_COUNT = 10_000;

/** Draws digits without keeping the worker from its messages. */
async function drawDigits({ count, seed, start = 0 }: DigitsOptions): Promise<Dataset> {
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
