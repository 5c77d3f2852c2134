import { type Dataset, sliceDataset, takeDataset } from "../data/dataset.ts";
import { lieTogether } from "../data/draw.ts";
import { splitDataset, splitPerClass } from "../data/split.ts";
import type { Draw } from "../recipes/data-split.ts";
import type { HandleTable } from "./handle-table.ts";
import { drawnOrigin, type Origin, sliceOrigin } from "./origin.ts";
import type { Handle } from "./protocol.ts";

/** Facts of a data set that a page gets with its handle. */
export interface DatasetInfo extends Pick<Dataset, "name" | "length" | "shape" | "classes" | "classNames" | "scaling"> {
  readonly handle: Handle<"data set">;
}

/** A data set in the worker, with its origin. Its methods are those of `RemoteDataset`. */
export class HostedDataset {
  readonly kind = "data set";
  readonly data: Dataset;
  readonly origin: Origin;
  /** The data set that these images were drawn from; undefined if they were not drawn. */
  readonly whole: Dataset | undefined;
  readonly #handles: HandleTable;
  readonly #handle: Handle<"data set">;

  constructor(handles: HandleTable, data: Dataset, origin: Origin, whole?: Dataset) {
    this.data = data;
    this.origin = origin;
    this.whole = whole;
    this.#handles = handles;
    this.#handle = handles.add(this);
  }

  get info(): DatasetInfo {
    const { name, length, shape, classes, classNames, scaling } = this.data;
    return { handle: this.#handle, name, length, shape, classes, classNames, scaling };
  }

  images(indices: readonly number[]) {
    const { images, labels } = takeDataset(this.data, indices);
    return { images, labels };
  }

  slice(begin: number, end: number): DatasetInfo {
    return this.#part(sliceDataset(this.data, begin, end), sliceOrigin(this.origin, begin, end));
  }

  split(part: number, draw: Draw | undefined) {
    const { data, origin } = this;
    if ((draw ?? (lieTogether(data) ? "classes" : "order")) === "order") {
      const { rest, heldOut } = splitDataset(data, part, "order");
      return {
        rest: this.#part(rest, sliceOrigin(origin, 0, rest.length)),
        heldOut: this.#part(heldOut, sliceOrigin(origin, rest.length, data.length)),
      };
    }
    const { rest, heldOut } = splitPerClass(data, part, origin.group.reader?.splitSeed);
    return {
      rest: this.#part(rest, drawnOrigin(origin, part, false), data),
      heldOut: this.#part(heldOut, drawnOrigin(origin, part, true), data),
    };
  }

  dispose(): void {
    this.#handles.remove(this);
  }

  #part(data: Dataset, origin: Origin, whole?: Dataset): DatasetInfo {
    return new HostedDataset(this.#handles, data, origin, whole).info;
  }
}
