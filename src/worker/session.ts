import type { Dataset } from "../data/dataset.ts";
import type { DigitsOptions } from "../data/digits/generate.ts";
import type { DataFileInput } from "../data/read/data-file.ts";
import { HDF5_AWAY } from "../data/read/hdf5-away.ts";
import { hdf5Address } from "../data/read/hdf5-library.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { readData } from "../data/read-data.ts";
import type { Gear } from "../engine/gears.ts";
import { shown } from "../errors.ts";
import { asBytes, type FileBytes, isArrayBuffer } from "../numeric/array-kinds.ts";
import { readFields } from "../options/objects.ts";
import { type ModelOptions, readModelOptions } from "../training/model.ts";
import { Connection } from "./connection.ts";
import type { RemoteDataset, RemoteModel, RemoteReadData, Session, SessionOptions } from "./contract.ts";
import { copyOf } from "./copy.ts";
import type { DatasetInfo, LoadSettings, Result } from "./protocol.ts";
import { DatasetHandle } from "./remote-dataset.ts";
import { ModelHandle } from "./remote-model.ts";

/**
 * Starts a worker in which models live, so that training keeps no page from painting: the same models and data sets, every
 * answer a promise.
 *
 * @throws Error if the worker does not start, such as by a Content Security Policy, with what to do about it
 * @example
 * const session = await createSession();
 * const data = await session.digits({ count: 5000, seed: 1 });
 * const model = await session.createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
 * await model.compile({ optimizer: "adam", loss: "softmaxCrossEntropy", threads: "auto" });
 * const run = await model.fit(data, { epochs: 3 });
 * for await (const event of run) if (event.event === "epoch") console.log(event.trainAccuracy);
 * session.terminate();
 */
export async function createSession(options: SessionOptions = {}): Promise<Session> {
  readFields("createSession", options, ["onLost"] satisfies (keyof SessionOptions)[]);
  const { onLost } = options;
  if (onLost !== undefined && typeof onLost !== "function") {
    throw new TypeError(`createSession: expected onLost to be a function, got ${shown(onLost)}`);
  }
  const connection = new Connection((reason) => onLost?.(reason));
  await connection.ready;
  return new WorkerSession(connection);
}

class WorkerSession implements Session {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  async createModel(options: ModelOptions): Promise<RemoteModel> {
    const { architecture, seed } = readModelOptions(options);
    const what = { architecture: architecture.toJson(), seed };
    return new ModelHandle(this.#connection, await this.#connection.call("createModel", what));
  }

  async loadModel(file: FileBytes, options: LoadSettings = {}): Promise<RemoteModel> {
    const given = asBytes(file);
    if (given === undefined) {
      throw new TypeError(`loadModel: expected the bytes of a model file, got ${shown(file)}`);
    }
    const copy = copyOf(given);
    const model = await this.#connection.call("loadModel", { file: copy, options }, [copy.buffer]);
    return new ModelHandle(this.#connection, model);
  }

  async digits(options: Partial<DigitsOptions> = {}): Promise<RemoteDataset> {
    return this.#handle(await this.#connection.call("digits", options));
  }

  async readData(
    files: readonly DataFileInput[],
    options: ReadSettings & { onProgress?: (done: number, total: number | undefined) => void } = {},
  ): Promise<RemoteReadData> {
    if (!Array.isArray(files)) throw new TypeError(`readData: expected a list of files, got ${typeof files}`);
    const { onProgress, ...settings } = options;
    const memories: ArrayBuffer[] = [];
    const copies = files.map(({ name, bytes }) => {
      const given = asBytes(bytes);
      if (given === undefined) return { name, bytes };
      const copy = copyOf(given);
      memories.push(copy.buffer);
      return { name, bytes: copy };
    });
    const what = { files: copies, settings, hdf5: hdf5Address() };
    const { train, test, ...rest } = await this.#connection
      .call("readData", what, memories, onProgress)
      .catch((error: unknown) => {
        if (error instanceof Error && error.message === HDF5_AWAY) return this.#readHere(files, settings, onProgress);
        throw error;
      });
    return { ...rest, train: train && this.#handle(train), test: test && this.#handle(test) };
  }

  /** Reads files in the page, where the worker lacks what they take. */
  async #readHere(
    files: readonly DataFileInput[],
    settings: ReadSettings,
    onProgress: ((done: number, total: number | undefined) => void) | undefined,
  ): Promise<Result<"readData">> {
    const read = await readData(files, { ...settings, onProgress });
    return this.#connection.call("addRead", { read, settings });
  }

  async addDataset(data: Dataset, options: { transfer?: boolean } = {}): Promise<RemoteDataset> {
    const { name, shape, classes, classNames, scaling } = data;
    const moved = options.transfer === true;
    const images = moved ? data.images : copyOf(data.images);
    const labels = moved ? data.labels : data.labels && copyOf(data.labels);
    const targets = moved ? data.targets : data.targets && copyOf(data.targets);
    const memories = new Set<ArrayBuffer>();
    for (const array of [images, labels, targets]) {
      if (array !== undefined && isArrayBuffer(array.buffer)) memories.add(array.buffer);
    }
    const init = { name, shape, classes, classNames, scaling, images, labels, targets };
    return this.#handle(await this.#connection.call("addDataset", init, [...memories]));
  }

  gears(): Promise<readonly Gear[]> {
    return this.#connection.call("gears", null);
  }

  terminate(): void {
    this.#connection.close();
  }

  #handle(info: DatasetInfo): RemoteDataset {
    return new DatasetHandle(this.#connection, info);
  }
}
