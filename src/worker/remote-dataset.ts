import type { Dataset } from "../data/dataset.ts";
import type { ClassLabels, ImageShape, Pixels } from "../data/pixels.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { InputTypeError, shown } from "../errors.ts";
import type { Draw } from "../recipes/data-split.ts";
import type { Connection } from "./connection.ts";
import type { DatasetInfo, HostedDataset } from "./hosted-dataset.ts";
import type { Handle } from "./protocol.ts";
import { Remote } from "./remote.ts";

/** A data set that lives in the worker: the page has its facts and a handle of it. */
export class RemoteDataset
  implements Pick<Dataset, "name" | "length" | "shape" | "classes" | "classNames" | "scaling">
{
  readonly name: string;
  /** Number of images, n. */
  readonly length: number;
  /** Shape of one image, `[h, w, c]`. */
  readonly shape: ImageShape;
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
  readonly scaling: PixelScaling | undefined;
  readonly #remote: Remote<HostedDataset>;

  /** @internal */
  constructor(connection: Connection, { handle, name, length, shape, classes, classNames, scaling }: DatasetInfo) {
    this.name = name;
    this.length = length;
    this.shape = shape;
    this.classes = classes;
    this.classNames = classNames;
    this.scaling = scaling;
    this.#remote = new Remote(connection, handle);
  }

  /**
   * The handle of a data set.
   *
   * @throws TypeError if it is not one of that worker's
   * @internal
   */
  static handleOf(who: string, connection: Connection, value: unknown): Handle<"data set"> {
    if (value instanceof RemoteDataset && value.#remote.connection === connection) return value.#remote.handle;
    const got = value instanceof RemoteDataset ? "one of another" : shown(value);
    throw new InputTypeError(who, "a data set of this session, as addDataset gives them", got);
  }

  /** Copies of some images, `[indices.length, h, w, c]`, and their labels. */
  images(indices: readonly number[]): Promise<{ readonly images: Pixels; readonly labels: ClassLabels | undefined }> {
    return this.#remote.call("images", Array.from(indices));
  }

  /** A part of it as a data set of its own, without a copy. */
  async slice(begin: number, end: number): Promise<RemoteDataset> {
    return new RemoteDataset(this.#remote.connection, await this.#remote.call("slice", begin, end));
  }

  /**
   * Holds images out, as `splitDataset` does: the last ones, or where images of one class lie together each class's share.
   *
   * @param part a number of images (1 or more), or a fraction of them (below 1)
   * @param draw `order` for the last ones, `classes` for each class's share, in any case
   */
  async split(part: number, draw?: Draw): Promise<{ readonly rest: RemoteDataset; readonly heldOut: RemoteDataset }> {
    const { rest, heldOut } = await this.#remote.call("split", part, draw);
    const { connection } = this.#remote;
    return { rest: new RemoteDataset(connection, rest), heldOut: new RemoteDataset(connection, heldOut) };
  }

  /** Frees it. */
  dispose(): Promise<void> {
    return this.#remote.release();
  }

  /** Frees it at the end of a block: `await using data = await session.digits()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}
