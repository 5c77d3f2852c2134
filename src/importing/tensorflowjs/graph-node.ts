/**
 * Nodes of TensorFlow's graphs, as JSON has them.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { listOf, recordOf, textOf } from "../keras/config.ts";

/** A node: an operation on outputs of others. */
export class GraphNode {
  readonly name: string;
  readonly op: string;
  /** Names of the nodes whose outputs it takes, with `:1` for another than the first. */
  readonly inputs: readonly string[];
  /** The node for messages. */
  readonly who: string;
  readonly #attributes: Readonly<Record<string, unknown>>;

  constructor(who: string, json: unknown) {
    const { name, op, input = [], attr = {} } = recordOf(`${who}: a node`, json);
    this.name = textOf(`${who}: name of a node`, name);
    this.op = textOf(`${who}: op of ${shown(this.name)}`, op);
    this.who = `${who}: ${this.op} ${shown(this.name)}`;
    const names = listOf(`${this.who}: input`, input).map((item) => textOf(`${this.who}: input`, item));
    // Those with a caret only say what runs before.
    this.inputs = names.filter((item) => !item.startsWith("^")).map((item) => item.replace(/:0$/, ""));
    this.#attributes = recordOf(`${this.who}: attr`, attr);
  }

  number(key: string, otherwise: number): number {
    const attribute = this.#attribute(key);
    const value = attribute?.f ?? attribute?.i;
    const number = typeof value === "string" ? Number(value) : (value ?? otherwise);
    if (typeof number === "number" && Number.isFinite(number)) return number;
    throw this.wrong(`a number as ${key}`, value);
  }

  flag(key: string): boolean {
    return this.#attribute(key)?.b === true;
  }

  text(key: string, otherwise: string): string {
    const value = this.#attribute(key)?.s;
    return value === undefined ? otherwise : decoded(value);
  }

  numbers(key: string): readonly number[] {
    const list = this.#list(key)?.i;
    return Array.isArray(list) ? list.map(Number) : [];
  }

  texts(key: string): readonly string[] {
    const list = this.#list(key)?.s;
    return Array.isArray(list) ? list.map(decoded) : [];
  }

  /** Extents of a shape; NaN for those that are open. */
  shape(key: string): readonly number[] | undefined {
    const shape = this.#attribute(key)?.shape;
    const dims = isRecord(shape) ? shape.dim : undefined;
    if (!Array.isArray(dims)) return undefined;
    return dims.map((dim) => (isRecord(dim) && Number(dim.size) > 0 ? Number(dim.size) : Number.NaN));
  }

  wrong(expected: string, got: unknown): InputRangeError {
    return new InputRangeError(this.who, expected, shown(got), "unsupported-file");
  }

  #attribute(key: string): Readonly<Record<string, unknown>> | undefined {
    const value = Object.hasOwn(this.#attributes, key) ? this.#attributes[key] : undefined;
    return isRecord(value) ? value : undefined;
  }

  #list(key: string): Readonly<Record<string, unknown>> | undefined {
    const list = this.#attribute(key)?.list;
    return isRecord(list) ? list : undefined;
  }
}

/** A text that JSON has in base 64, or as numbers. */
function decoded(value: unknown): string {
  if (Array.isArray(value)) return String.fromCharCode(...value.slice(0, 100).map(Number));
  if (typeof value !== "string") return "";
  try {
    return atob(value);
  } catch {
    return value;
  }
}
