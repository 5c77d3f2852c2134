import { shown } from "../errors.ts";
import type { Json } from "../json.ts";
import type { Padding } from "./geometry.ts";
import { type Initializer, parseInitializer } from "./initializers.ts";

/** A layer as model files describe it: its type and the options it was given. */
export interface LayerConfig {
  readonly type: string;
  readonly name?: string;
  readonly inputs?: readonly string[];
  readonly trainable?: boolean;
  readonly [option: string]: Json | undefined;
}

/** The options that every layer has. */
export interface LayerOptions {
  /** Default: the layer's type, from the second of a type on with a number. */
  name?: string;
  /** Names of the layers whose outputs it works on; `input` is that of the list. Default: the layer before it. */
  inputs?: string | readonly string[];
  /**
   * Whether its parameters are trained. False: the layer is frozen, a block with all layers in it. Frozen parameters keep their
   * values and take no memory for gradients; frozen batch normalisation works with its running statistics, in training too.
   * Default true.
   */
  trainable?: boolean;
}

/** A name that a layer may have. */
const NAME = /^[\w.-]+$/;

/** Reads the options of one layer, checked: from TypeScript, from plain JavaScript or from a file. */
export class OptionReader {
  /** Stands in messages, such as `conv2d "c2"`. */
  readonly who: string;
  readonly config: LayerConfig;
  readonly #options: Readonly<Record<string, unknown>>;

  /**
   * @param type the layer's type
   * @param options the options as given; `undefined` ones count as absent
   * @param known the options the layer has, besides those of `LayerOptions`
   * @throws TypeError for an unknown option
   */
  constructor(type: string, options: object, known: readonly string[]) {
    const given = Object.entries(options).filter(([key, value]) => value !== undefined && key !== "type");
    this.#options = Object.fromEntries(given);
    const { name } = this.#options;
    if (name !== undefined && (typeof name !== "string" || !NAME.test(name))) {
      throw new TypeError(`${type}: expected name to be letters, digits, ".", "-" or "_", got ${shown(name)}`);
    }
    this.who = name === undefined ? type : `${type} "${name}"`;
    const common = ["name", "inputs", "trainable"];
    for (const [key] of given) {
      if (common.includes(key) || known.includes(key)) continue;
      throw new TypeError(`${this.who}: expected options ${[...common, ...known].join(", ")}, got ${shown(key)}`);
    }
    const { inputs, trainable: _, ...config } = JSON.parse(JSON.stringify(this.#options));
    this.config = {
      ...config,
      ...(inputs !== undefined && { inputs: this.#inputs(inputs) }),
      ...(!this.boolean("trainable", true) && { trainable: false }),
      type,
    };
  }

  #inputs(value: unknown): readonly string[] {
    const list: unknown[] = Array.isArray(value) ? value : [value];
    const isName = (item: unknown): item is string => typeof item === "string" && NAME.test(item);
    if (list.length > 0 && list.every(isName)) return list;
    throw new TypeError(`${this.who}: expected inputs to be names of layers, got ${shown(value)}`);
  }

  has(key: string): boolean {
    return this.#options[key] !== undefined;
  }

  raw(key: string): unknown {
    return this.#options[key];
  }

  #fail(key: string, wanted: string): never {
    const value = this.#options[key];
    const got = value === undefined ? "nothing" : shown(value);
    const message = `${this.who}: expected ${key} to be ${wanted}, got ${got}`;
    throw typeof value === "number" ? new RangeError(message) : new TypeError(message);
  }

  /** A whole number of at least `least`; required where there is no default. */
  integer(key: string, least: number, fallback?: number): number {
    const value = this.#options[key] ?? fallback;
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least) {
      this.#fail(key, `a whole number of at least ${least}`);
    }
    return value;
  }

  /** A finite number in [least, most]. */
  number(key: string, least: number, most: number, fallback: number): number {
    const value = this.#options[key] ?? fallback;
    if (typeof value !== "number" || !(value >= least && value <= most)) {
      this.#fail(
        key,
        most === Number.MAX_VALUE ? `a number of at least ${least}` : `a number from ${least} to ${most}`,
      );
    }
    return value;
  }

  boolean(key: string, fallback: boolean): boolean {
    const value = this.#options[key] ?? fallback;
    if (typeof value !== "boolean") this.#fail(key, "true or false");
    return value;
  }

  /** A whole number for both axes, or one for each; required where there is no default. */
  pair(key: string, fallback?: number | readonly [number, number]): readonly [number, number] {
    const value = this.#options[key] ?? fallback;
    const both: unknown[] = Array.isArray(value) ? value : [value, value];
    const [first, second] = both;
    if (both.length !== 2 || !isPositiveInteger(first) || !isPositiveInteger(second)) {
      this.#fail(key, "a positive whole number or a pair [height, width]");
    }
    return [first, second];
  }

  /** See `Padding`; whether the numbers fit is checked with the geometry. */
  padding(fallback: Padding): Padding {
    const value = this.#options.padding ?? fallback;
    if (value === "valid" || value === "same" || isCount(value)) return value;
    if (Array.isArray(value) && value.length === 2) {
      const [height, width]: unknown[] = value;
      if (isCount(height) && isCount(width)) return [height, width];
      if (isCountPair(height) && isCountPair(width)) return [height, width];
    }
    this.#fail("padding", '"valid", "same", a whole number, [height, width] or [[top, bottom], [left, right]]');
  }

  initializer(key: string, fallback: Initializer): Initializer {
    const value = this.#options[key];
    return value === undefined ? fallback : parseInitializer(value, `${this.who}: ${key}`);
  }
}

function isPositiveInteger(value: unknown): value is number {
  return isCount(value) && value > 0;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCountPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && isCount(value[0]) && isCount(value[1]);
}
