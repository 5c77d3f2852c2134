import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { Layer } from "../layers/layer.ts";
import type { LayerType } from "../layers/layer-type.ts";
import { adviceOn } from "../options/meant.ts";
import { LAYER_TYPES } from "./layer-types.ts";
import { RESIDUAL } from "./residual.ts";

const TYPES: { readonly [type: string]: LayerType } = LAYER_TYPES;

/** Deepest nesting of residual blocks: a hostile file could nest without end. */
export const MAX_DEPTH = 8;

/** Most layers in one list, for the same reason. */
const MAX_LAYERS = 1000;

/** Most layers in all lists together: each takes some kilobytes, and lists in lists multiply. */
const MAX_TOTAL = 10_000;

/** Most names of inputs in all lists together: the largest networks that concatenate have some thousands. */
const MAX_INPUTS = 100_000;

/** The numbers of layers and of names of inputs that were read so far. */
interface Count {
  layers: number;
  inputs: number;
}

/**
 * Reads layers from parsed JSON: a list of objects with a `type` and that layer's options.
 *
 * @throws TypeError, RangeError naming the place, what was expected and what was there
 * @example
 * readLayers([{ type: "flatten" }, { type: "dense", units: 10 }], "layers");
 */
export function readLayers(description: unknown, who: string): Layer[] {
  return readList(description, who, 0, { layers: 0, inputs: 0 });
}

/**
 * Reads one layer that stands in no list.
 *
 * @throws as {@link readLayers}
 */
export function readLayer(description: unknown): Layer {
  return readItem(description, undefined, 0, { layers: 1, inputs: 0 });
}

function readList(description: unknown, who: string, depth: number, count: Count): Layer[] {
  if (!Array.isArray(description)) throw new InputTypeError(who, "a list of layers", kindOf(description));
  if (depth > MAX_DEPTH) throw tooMany(who, `${MAX_DEPTH} nested residuals`);
  if (description.length > MAX_LAYERS) throw tooMany(who, `${MAX_LAYERS} layers`, description.length);
  count.layers += description.length;
  if (count.layers > MAX_TOTAL) throw tooMany(who, `${MAX_TOTAL} layers in all`);
  return description.map((item: unknown, index) => readItem(item, `${who}[${index}]`, depth, count));
}

/** @param place of the layer in its list, if it stands in one */
function readItem(item: unknown, place: string | undefined, depth: number, count: Count): Layer {
  const who = place ?? "layer";
  if (!isRecord(item)) throw new InputTypeError(who, "an object with a type", kindOf(item));
  const { type } = item;
  const known = Object.keys(TYPES);
  if (typeof type !== "string" || !known.includes(type)) {
    const expected = `type to be one of ${known.join(", ")}`;
    throw new InputTypeError(who, expected, shown(type), "unknown-name", adviceOn(type, known));
  }
  count.inputs += Array.isArray(item.inputs) ? item.inputs.length : 1;
  if (count.inputs > MAX_INPUTS) throw tooMany(who, `${MAX_INPUTS} inputs in all`);
  if (type !== RESIDUAL.type) return TYPES[type].create(item, place);
  const { layers, shortcut, ...rest } = item;
  const lists = {
    layers: readList(layers, `${who}.layers`, depth + 1, count),
    ...(shortcut !== undefined && { shortcut: readList(shortcut, `${who}.shortcut`, depth + 1, count) }),
  };
  return RESIDUAL.create({ ...rest, ...lists }, place);
}

function tooMany(who: string, most: string, got: number | string = "more"): InputRangeError {
  return new InputRangeError(who, `at most ${most}`, `${got}`, "too-large");
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
