import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import type { Json } from "../json.ts";
import { flag, type OptionKind } from "../options/kinds.ts";
import { adviceOn } from "../options/meant.ts";
import type { OptionSchema, OptionsOf } from "../options/schema.ts";
import type { Padding } from "./geometry.ts";
import { INITIALIZER_NAMES, type Initializer, parseInitializer } from "./initializers.ts";

/** A layer as model files describe it: its type and the options it was given. */
export interface LayerConfig {
  /** The type of layer, such as `conv2d`. */
  readonly type: string;
  /** Its name, where one was given. */
  readonly name?: string;
  /** The names of the layers that it works on, where they were given. */
  readonly inputs?: readonly string[];
  /** False where it is frozen. */
  readonly trainable?: boolean;
  readonly [option: string]: Json | undefined;
}

/** A name that a layer may have. */
const NAME = /^[\w.-]+$/;

function isName(value: unknown): value is string {
  return typeof value === "string" && NAME.test(value);
}

/** The name of a layer. */
function layerName(): OptionKind<string, string> {
  const wanted = 'letters, digits, ".", "-" or "_"';
  return {
    field: "text",
    wanted,
    read(who, key, value) {
      if (isName(value)) return value;
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** One name of a layer, or a list of them. */
function layerNames(): OptionKind<string | readonly string[], readonly string[]> {
  const wanted = "names of layers";
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      const list: unknown[] = Array.isArray(value) ? value : [value];
      if (list.length > 0 && list.every(isName)) return list;
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** The options that every layer has. */
export const LAYER_OPTIONS = {
  /** Name that no other layer of the list has; where none is given, the type, from the second of a type on with a number. */
  name: { kind: layerName(), optional: true },
  /** Names of the layers whose outputs it works on; where none are given, the layer before it. `input` is the list's own input. */
  inputs: { kind: layerNames(), optional: true },
  /**
   * True: its parameters are trained. False: the layer is frozen, a block with all layers in it. Frozen parameters keep their
   * values and take no memory for gradients; frozen batch normalisation works with its running statistics, in training too.
   */
  trainable: { kind: flag(), default: true },
} as const satisfies OptionSchema;

/** The options that every layer has. */
export interface LayerOptions extends OptionsOf<typeof LAYER_OPTIONS> {}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isCountPair(value: unknown): value is [number, number] {
  return Array.isArray(value) && value.length === 2 && isCount(value[0]) && isCount(value[1]);
}

/** The `padding` option of layers with windows, of the type `Padding`; its numbers are checked later, with the geometry. */
export function padding(): OptionKind<Padding, Padding> {
  const wanted = '"valid", "same", a whole number, [height, width] or [[top, bottom], [left, right]]';
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      if (value === "valid" || value === "same" || isCount(value)) return value;
      if (Array.isArray(value) && value.length === 2) {
        const [height, width]: unknown[] = value;
        if (isCount(height) && isCount(width)) return [height, width];
        if (isCountPair(height) && isCountPair(width)) return [height, width];
      }
      const Wrong = typeof value === "number" ? InputRangeError : InputTypeError;
      const advice = adviceOn(value, ["valid", "same"]);
      throw new Wrong(who, `${key} to be ${wanted}`, shown(value), undefined, advice);
    },
  };
}

/** Padding in numbers alone, for layers that pad or crop and do nothing else. */
export type Border = Exclude<Padding, "valid" | "same">;

/** Rows and columns at the sides of an image: one number, [height, width] or [[top, bottom], [left, right]]. */
export function border(): OptionKind<Border, Border> {
  const wanted = "a whole number, [height, width] or [[top, bottom], [left, right]]";
  const all = padding();
  return {
    field: "value",
    wanted,
    read(who, key, value) {
      if (typeof value !== "string") {
        const read = all.read(who, key, value);
        if (read !== "valid" && read !== "same") return read;
      }
      throw new InputTypeError(who, `${key} to be ${wanted}`, shown(value));
    },
  };
}

/** Initial values of weights: a name, or an object with options. */
export function initializer(): OptionKind<Initializer, Initializer> {
  return {
    field: "choice",
    choices: INITIALIZER_NAMES,
    wanted: "an initializer",
    read: (who, key, value) => parseInitializer(value, `${who}: ${key}`),
  };
}
