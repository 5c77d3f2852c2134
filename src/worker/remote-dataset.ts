import type { ClassLabels, ImageShape, Pixels } from "../data/pixels.ts";
import type { PixelScaling } from "../data/scaling.ts";
import { shown } from "../errors.ts";
import type { Draw } from "../recipes/data-split.ts";
import type { Connection } from "./connection.ts";
import type { RemoteDataset } from "./contract.ts";
import type { DatasetInfo } from "./protocol.ts";

/** A page's handle of a data set in a worker. */
export class DatasetHandle implements RemoteDataset {
  readonly name: string;
  readonly length: number;
  readonly shape: ImageShape;
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
  readonly scaling: PixelScaling | undefined;
  readonly #connection: Connection;
  readonly #data: number;

  constructor(connection: Connection, { data, name, length, shape, classes, classNames, scaling }: DatasetInfo) {
    this.name = name;
    this.length = length;
    this.shape = shape;
    this.classes = classes;
    this.classNames = classNames;
    this.scaling = scaling;
    this.#connection = connection;
    this.#data = data;
  }

  /**
   * The number by which the worker knows a data set.
   *
   * @throws TypeError if it is not one of that worker's
   */
  static numberOf(who: string, connection: Connection, value: unknown): number {
    if (value instanceof DatasetHandle && value.#connection === connection) return value.#data;
    const got = value instanceof DatasetHandle ? "one of another" : shown(value);
    throw new TypeError(`${who}: expected a data set of this session, as addDataset gives them, got ${got}`);
  }

  images(indices: readonly number[]): Promise<{ images: Pixels; labels: ClassLabels | undefined }> {
    return this.#connection.call("images", { data: this.#data, indices: Array.from(indices) });
  }

  async slice(begin: number, end: number): Promise<RemoteDataset> {
    return new DatasetHandle(this.#connection, await this.#connection.call("slice", { data: this.#data, begin, end }));
  }

  async split(part: number, draw?: Draw) {
    const { rest, heldOut } = await this.#connection.call("split", { data: this.#data, part, draw });
    return { rest: new DatasetHandle(this.#connection, rest), heldOut: new DatasetHandle(this.#connection, heldOut) };
  }

  dispose(): Promise<void> {
    return this.#connection.release("disposeData", { data: this.#data });
  }
}
