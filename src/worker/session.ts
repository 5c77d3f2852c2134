import type { Dataset } from "../data/dataset.ts";
import type { DigitsOptions } from "../data/digits/generate.ts";
import type { FileSource } from "../data/file-source.ts";
import type { DataFileInput } from "../data/read/data-file.ts";
import { hdf5Address } from "../data/read/hdf5-library.ts";
import type { ReadSettings } from "../data/read/settings.ts";
import { readData } from "../data/read-data.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { HostError, InputTypeError } from "../errors.ts";
import { asBytes } from "../numeric/array-kinds.ts";
import { readOptions } from "../options/schema.ts";
import { type ModelOptions, readModelOptions } from "../training/create-model.ts";
import { readModelFile } from "../training/model-source.ts";
import { Connection } from "./connection.ts";
import type { LoadSettings } from "./contract.ts";
import type { DatasetInfo } from "./hosted-dataset.ts";
import type { HostedSession, ReadInfo } from "./hosted-session.ts";
import { SESSION } from "./protocol.ts";
import { Remote } from "./remote.ts";
import { RemoteDataset } from "./remote-dataset.ts";
import { RemoteModel } from "./remote-model.ts";
import { SESSION_OPTIONS, type SessionOptions } from "./session-options.ts";

/** Data sets in the worker that were read from files. */
export interface RemoteReadData {
  /** Name of the format, such as "CSV". */
  readonly format: string;
  /** Images to train on; undefined where there are none. */
  readonly train: RemoteDataset | undefined;
  /** Images to test on; undefined where there are none. */
  readonly test: RemoteDataset | undefined;
  /** The part that is for validation, of pictures in folders that say so; the same as `test` where there is no other to test on. */
  readonly validation?: RemoteDataset | undefined;
  /** Notes on guesses, and on files that were left out or changed, a sentence each. */
  readonly notes: readonly string[];
}

/**
 * Starts a worker in which models live, so that training keeps no page from painting: the same models and data sets, every
 * answer a promise.
 *
 * @throws HostError if the worker does not start, such as by a Content Security Policy, with what to do about it
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
  const { onLost } = readOptions("createSession", SESSION_OPTIONS, options);
  const connection = new Connection((error) => onLost?.(error.message, error));
  await connection.ready;
  return new Session(connection);
}

/**
 * A worker with the data sets and models in it; made by `createSession`. In Node it keeps the program running only while a call, or a run
 * that is not paused, is under way: a session that is forgotten keeps nothing alive.
 */
export class Session {
  readonly #connection: Connection;
  readonly #remote: Remote<HostedSession>;

  /** @internal */
  constructor(connection: Connection) {
    this.#connection = connection;
    this.#remote = new Remote(connection, SESSION);
  }

  /** Checks the network as `createModel` does. */
  async createModel(options: ModelOptions): Promise<RemoteModel> {
    const { architecture, seed } = readModelOptions(options);
    return new RemoteModel(this.#connection, await this.#remote.call("createModel", architecture.toJson(), seed));
  }

  /** Reads a model file or a checkpoint: its bytes, a `Blob`, an address, in Node also a path. */
  async loadModel(file: FileSource, options: LoadSettings = {}): Promise<RemoteModel> {
    const bytes = await readModelFile(file);
    return new RemoteModel(this.#connection, await this.#remote.call("loadModel", bytes, options));
  }

  /** Draws digits in the worker, as `digits` does. */
  async digits(options: DigitsOptions = {}): Promise<RemoteDataset> {
    return this.#dataset(await this.#remote.call("digits", options));
  }

  /** Reads files in the worker, so that the page does not stand still. */
  async readData(
    files: readonly DataFileInput[],
    options: ReadSettings & { onProgress?: (done: number, total: number | undefined) => void } = {},
  ): Promise<RemoteReadData> {
    if (!Array.isArray(files)) throw new InputTypeError("readData", "a list of files", typeof files);
    const { onProgress, ...settings } = options;
    const given = files.map(({ name, bytes }) => ({ name, bytes: asBytes(bytes) ?? bytes }));
    const { train, test, validation, ...rest } = await this.#remote
      .call("readData", given, settings, hdf5Address(), onProgress)
      .catch((error: unknown) => {
        if (error instanceof HostError && error.code === "left-to-page")
          return this.#readHere(files, settings, onProgress);
        throw error;
      });
    const parts = { train: train && this.#dataset(train), test: test && this.#dataset(test) };
    if (validation === undefined) return { ...rest, ...parts };
    return {
      ...rest,
      ...parts,
      validation: validation.handle === test?.handle ? parts.test : this.#dataset(validation),
    };
  }

  /** Reads files in the page, if the worker lacks what they need. */
  async #readHere(
    files: readonly DataFileInput[],
    settings: ReadSettings,
    onProgress: ((done: number, total: number | undefined) => void) | undefined,
  ): Promise<ReadInfo> {
    return this.#remote.call("addRead", await readData(files, { ...settings, streaming: false, onProgress }), settings);
  }

  /** Moves a data set to the worker. With `transfer` its memory goes there and is gone here; else it is copied. */
  async addDataset(data: Dataset, options: { transfer?: boolean } = {}): Promise<RemoteDataset> {
    const { name, shape, classes, classNames, scaling, images, labels, targets, sampleWeight } = data;
    const init = { name, shape, classes, classNames, scaling, images, labels, targets, sampleWeight };
    const adds =
      options.transfer === true ? this.#remote.move("addDataset", init) : this.#remote.call("addDataset", init);
    return this.#dataset(await adds);
  }

  /** Engines that the worker's host has. */
  engines(): Promise<readonly EngineName[]> {
    return this.#remote.call("engines");
  }

  /** Ends the worker and all objects in it: calls that are not done reject. */
  terminate(): void {
    this.#connection.close();
  }

  /** Ends it at the end of a block: `using session = await createSession()`. */
  [Symbol.dispose](): void {
    this.terminate();
  }

  #dataset(info: DatasetInfo): RemoteDataset {
    return new RemoteDataset(this.#connection, info);
  }
}
