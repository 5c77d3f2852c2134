import { createDataset, type Dataset, type DatasetInit } from "../data/dataset.ts";
import { drawDigits } from "../data/digits/dataset.ts";
import { type DigitsOptions, readDigits } from "../data/digits/generate.ts";
import type { DataFileInput } from "../data/read/data-file.ts";
import { setHdf5Address } from "../data/read/hdf5-library.ts";
import type { ReadData } from "../data/read/parts.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { readData } from "../data/read-data.ts";
import { ENGINES, type EngineName, hasEngine } from "../engine/engine-names.ts";
import type { Json } from "../json.ts";
import { readArchitecture } from "../model/read-architecture.ts";
import { loadModel } from "../training/load-model.ts";
import { Model } from "../training/model.ts";
import type { LoadSettings } from "./contract.ts";
import type { HandleTable } from "./handle-table.ts";
import { type DatasetInfo, HostedDataset } from "./hosted-dataset.ts";
import { HostedModel, type ModelInfo } from "./hosted-model.ts";
import { digitsOrigin, type Origin, ownOrigin } from "./origin.ts";
import type { ToPage } from "./protocol.ts";

/** Data sets that were read from files, as the page is told of them. */
export interface ReadInfo extends Pick<ReadData, "format" | "notes"> {
  readonly train: DatasetInfo | undefined;
  readonly test: DatasetInfo | undefined;
  readonly validation?: DatasetInfo | undefined;
}

/** Tells the page how far a call is. */
type OnProgress = (done: number, total: number | undefined) => void;

/** The session, which makes all objects in the worker. Its methods are those of `Session`. */
export class HostedSession {
  readonly kind = "session";
  readonly #handles: HandleTable;
  readonly #post: (message: ToPage) => void;

  constructor(handles: HandleTable, post: (message: ToPage) => void) {
    this.#handles = handles;
    this.#post = post;
  }

  engines(): readonly EngineName[] {
    return ENGINES.filter(hasEngine);
  }

  async digits(options: DigitsOptions) {
    return this.#add(await drawDigits(options), digitsOrigin(readDigits("digits", options)));
  }

  /**
   * Reads data sets from files.
   *
   * @param hdf5 address of h5wasm, if only the page knows it
   */
  async readData(
    files: readonly DataFileInput[],
    settings: ReadSettings,
    hdf5: string | undefined,
    onProgress: OnProgress | undefined,
  ): Promise<ReadInfo> {
    setHdf5Address(hdf5);
    const options = { ...settings, streaming: false, onProgress: onProgress && throttled(onProgress) } as const;
    return this.addRead(await readData(files, options), settings);
  }

  /** Takes data sets that the page has read itself. */
  addRead({ train, test, validation, ...rest }: ReadData, settings: ReadSettings): ReadInfo {
    const images = { train: train?.length ?? 0, test: test?.length ?? 0 };
    const group = { source: "folder", reader: settings, images } as const;
    const addPart = (part: Origin["part"], data: Dataset | undefined) =>
      data && this.#add(data, { group, part, range: [0, data.length] });
    const parts = { train: addPart("train", train), test: addPart("test", test) };
    if (validation === undefined) return { ...rest, ...parts };
    return { ...rest, ...parts, validation: validation === test ? parts.test : addPart("val", validation) };
  }

  addDataset(init: DatasetInit): DatasetInfo {
    const data = createDataset(init);
    return this.#add(data, ownOrigin(data.length));
  }

  createModel(architecture: Json, seed: number): ModelInfo {
    return this.#addModel(new HostedModel(new Model(readArchitecture(architecture), seed), this.#handles, this.#post));
  }

  async loadModel(file: Uint8Array, { replicas, ...options }: LoadSettings): Promise<ModelInfo> {
    const hosted = new HostedModel(await loadModel(file, options), this.#handles, this.#post);
    await hosted.startReplicas(replicas);
    return this.#addModel(hosted);
  }

  #addModel(hosted: HostedModel): ModelInfo {
    const { seed, classNames, scaling } = hosted.model;
    return { handle: this.#handles.add(hosted), seed, classNames, scaling, engine: hosted.engine };
  }

  #add(data: Dataset, origin: Origin): DatasetInfo {
    return new HostedDataset(this.#handles, data, origin).info;
  }
}

/** Milliseconds from one progress message to the next. */
const PROGRESS_EVERY = 1000 / 60;

/** A function that passes on progress no more often than a page draws. */
function throttled(onProgress: OnProgress): OnProgress {
  let next = 0;
  return (done, total) => {
    if (performance.now() < next && done !== total) return;
    next = performance.now() + PROGRESS_EVERY;
    onProgress(done, total);
  };
}
