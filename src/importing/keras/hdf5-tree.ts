import type { Group } from "h5wasm";
import { allowedBytes } from "../../data/expansion.ts";
import { hdf5Array } from "../../data/read/hdf5-array.ts";
import { textsOfAttribute } from "../../data/read/hdf5-attribute.ts";
import { guarded, isDataset, isGroup, type OpenHdf5 } from "../../data/read/hdf5-file.ts";
import { type NumberArray, numberReader, sizeOfShape } from "../../data/read/number-array.ts";
import { InputRangeError, listed, shown } from "../../errors.ts";

/** Most names that are looked at in a group, and in a list of an attribute. */
const MAX_NAMES = 100_000;

/** An array of a file, read. */
export interface FileArray {
  /** Its path, such as `model_weights/conv2d/kernel:0`. */
  readonly path: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Groups, attributes and arrays of an open HDF5 file by their paths, of which nothing is trusted. */
export class Hdf5Tree {
  readonly who: string;
  readonly #file: OpenHdf5;
  readonly #allowed: number;

  /** @param who stands in messages */
  constructor(who: string, file: OpenHdf5) {
    this.who = who;
    this.#file = file;
    this.#allowed = allowedBytes(file.content.length);
  }

  /** True if there is a group. */
  hasGroup(path: string): boolean {
    return this.#group(path) !== undefined;
  }

  /** Names in a group; none where there is no such group. */
  names(path: string): readonly string[] {
    const names = guarded(this.who, () => this.#group(path)?.keys() ?? []);
    if (names.length <= MAX_NAMES) return names;
    throw new InputRangeError(this.who, `at most ${MAX_NAMES} names in ${shown(path)}`, "more", "too-large");
  }

  /** A text that a group has as an attribute. */
  text(path: string, attribute: string): string | undefined {
    const value = this.#attribute(path, attribute);
    return typeof value === "string" ? value : undefined;
  }

  /** A list of texts that a group has as an attribute; Keras cuts long ones into several, numbered from 0. */
  texts(path: string, attribute: string): readonly string[] | undefined {
    const whole = this.#textList(path, attribute);
    if (whole !== undefined) return whole;
    const all: string[] = [];
    for (let i = 0; ; i++) {
      const part = this.#textList(path, `${attribute}${i}`);
      if (part === undefined) return i === 0 ? undefined : all;
      all.push(...part);
      if (all.length > MAX_NAMES) {
        throw new InputRangeError(this.who, `at most ${MAX_NAMES} ${attribute}`, "more", "too-large");
      }
    }
  }

  /**
   * Reads an array of numbers.
   *
   * @throws RangeError if there is none, or it is damaged
   */
  async array(path: string): Promise<FileArray> {
    const entity = this.#entity(path);
    if (entity === undefined || !isDataset(entity)) {
      throw new InputRangeError(this.who, `an array ${shown(path)}`, "none", "damaged-file");
    }
    const file = hdf5Array(this.who, this.#file, entity, this.#allowed);
    return { path, shape: file.shape, values: floatsOf(await file.read()) };
  }

  #textList(path: string, attribute: string): readonly string[] | undefined {
    const value = this.#attribute(path, attribute);
    return typeof value === "string" ? [value] : value;
  }

  #attribute(path: string, attribute: string): string | readonly string[] | undefined {
    const group = this.#group(path);
    return group === undefined ? undefined : textsOfAttribute(this.who, this.#file, group, attribute);
  }

  #group(path: string): Group | undefined {
    if (path === "") return this.#file.root;
    const entity = this.#entity(path);
    return entity !== undefined && isGroup(entity) ? entity : undefined;
  }

  #entity(path: string): object | undefined {
    if (/\0/.test(path)) throw new InputRangeError(this.who, "names of groups", listed([shown(path)]), "damaged-file");
    return guarded(this.who, () => this.#file.root.get(path) ?? undefined);
  }
}

function floatsOf(array: NumberArray): Float32Array {
  const { type, littleEndian, bytes } = array;
  if (type === "float32" && littleEndian && bytes.byteOffset % 4 === 0) {
    return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  }
  const read = numberReader(array);
  return Float32Array.from({ length: sizeOfShape(array.shape) }, (_, i) => read(i));
}
