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
export function readLayer(description: unknown, who: string): Layer {
  return readItem(description, who, 0, { layers: 1, inputs: 0 }, true);
}

function readList(description: unknown, who: string, depth: number, count: Count): Layer[] {
  if (!Array.isArray(description)) throw new InputTypeError(who, "a list of layers", kindOf(description));
  if (depth > MAX_DEPTH) throw tooMany(who, `${MAX_DEPTH} nested residuals`);
  if (description.length > MAX_LAYERS) throw tooMany(who, `${MAX_LAYERS} layers`, description.length);
  count.layers += description.length;
  if (count.layers > MAX_TOTAL) throw tooMany(who, `${MAX_TOTAL} layers in all`);
  return description.map((item: unknown, index) => readItem(item, `${who}[${index}]`, depth, count));
}

/** @param isAlone whether it stands in no list, so that its type and name say enough of its place */
function readItem(item: unknown, place: string, depth: number, count: Count, isAlone = false): Layer {
  if (!isRecord(item)) throw new InputTypeError(place, "an object with a type", kindOf(item));
  const { type } = item;
  if (typeof type !== "string" || !Object.hasOwn(TYPES, type)) {
    const known = Object.keys(TYPES);
    const advice = adviceOn(type, known);
    throw new InputTypeError(place, `type to be one of ${known.join(", ")}`, shown(type), "unknown-name", advice);
  }
  count.inputs += Array.isArray(item.inputs) ? item.inputs.length : 1;
  if (count.inputs > MAX_INPUTS) throw tooMany(place, `${MAX_INPUTS} inputs in all`);
  if (type === RESIDUAL.type) return readResidual(item, place, depth, count, isAlone);
  return TYPES[type].create(item, isAlone ? undefined : place);
}

function readResidual(
  item: Record<string, unknown>,
  place: string,
  depth: number,
  count: Count,
  isAlone: boolean,
): Layer {
  const { layers, shortcut, ...rest } = item;
  const lists = {
    layers: readList(layers, `${place}.layers`, depth + 1, count),
    ...(shortcut !== undefined && { shortcut: readList(shortcut, `${place}.shortcut`, depth + 1, count) }),
  };
  return RESIDUAL.create({ ...rest, ...lists }, isAlone ? undefined : place);
}

function tooMany(who: string, most: string, got: number | string = "more"): InputRangeError {
  return new InputRangeError(who, `at most ${most}`, `${got}`, "too-large");
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
