import { InputRangeError, InputTypeError, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";

/** The configuration of a Keras layer, whose values may be anything. */
export class Config {
  /** The layer for messages, such as `importModel "a.h5": layer "conv" (Conv2D)`. */
  readonly who: string;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(who: string, values: unknown) {
    this.who = who;
    this.values = recordOf(`${who}: config`, values);
  }

  /** True if a key is there and not null. */
  has(key: string): boolean {
    return this.values[key] !== undefined && this.values[key] !== null;
  }

  /** A finite number; old versions keep some as an array of NumPy with a `value`. */
  number(key: string, otherwise?: number): number {
    const value = this.#plain(key, otherwise);
    if (typeof value === "number" && Number.isFinite(value)) return value;
    throw this.wrong(key, "a number");
  }

  flag(key: string, otherwise: boolean): boolean {
    const value = this.#plain(key, otherwise);
    if (typeof value === "boolean") return value;
    throw this.wrong(key, "true or false");
  }

  text(key: string, otherwise?: string): string {
    const value = this.#plain(key, otherwise);
    if (typeof value === "string") return value;
    throw this.wrong(key, "a text");
  }

  /** A list of numbers; a single one stands for itself. */
  numbers(key: string, otherwise?: readonly number[]): readonly number[] {
    const value = this.#plain(key, otherwise);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isNumber = (item: unknown): item is number => typeof item === "number" && Number.isFinite(item);
    if (list.every(isNumber)) return list;
    throw this.wrong(key, "numbers");
  }

  /** Two numbers; a single one stands for both. */
  pair(key: string, otherwise?: readonly number[]): readonly [number, number] {
    const list = this.numbers(key, otherwise);
    if (list.length === 1) return [list[0], list[0]];
    if (list.length === 2) return [list[0], list[1]];
    throw this.wrong(key, "one number or two");
  }

  /** Rows and columns at the sides of an image: a number, two, or two pairs. */
  sides(key: string): number | readonly number[] | readonly (readonly number[])[] {
    const value = this.#plain(key, undefined);
    const isPair = (item: unknown): item is readonly number[] =>
      Array.isArray(item) && item.every((side) => typeof side === "number");
    if (Array.isArray(value) && value.length === 2 && value.every(isPair)) return value;
    return this.pair(key);
  }

  /**
   * Throws unless a value is one that convasm's layers support.
   *
   * @param wanted the values, in words
   */
  expect(key: string, isRight: (value: unknown) => boolean, wanted: string): void {
    if (this.has(key) && !isRight(this.values[key])) throw this.wrong(key, wanted);
  }

  wrong(key: string, wanted: string): InputRangeError {
    return new InputRangeError(this.who, `${key} to be ${wanted}`, shown(this.values[key]), "unsupported-file");
  }

  /** An error for an input of a shape that the layer does not take. */
  wrongInput(wanted: string, shape: readonly number[]): InputRangeError {
    return new InputRangeError(this.who, `an input of ${wanted}`, `[${shape.join(", ")}]`, "unsupported-file");
  }

  #plain(key: string, otherwise: unknown): unknown {
    const value = this.values[key] ?? otherwise;
    return isRecord(value) && "value" in value ? value.value : value;
  }
}

/** An object of a file. */
export function recordOf(who: string, value: unknown): Readonly<Record<string, unknown>> {
  if (isRecord(value)) return value;
  throw new InputTypeError(who, "an object", shown(value), "damaged-file");
}

/** A list of a file. */
export function listOf(who: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new InputTypeError(who, "a list", shown(value), "damaged-file");
}

/** A text of a file. */
export function textOf(who: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new InputTypeError(who, "a text", shown(value), "damaged-file");
}
