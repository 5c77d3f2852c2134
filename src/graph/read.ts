import { InputRangeError, InputTypeError, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { Layer } from "../layers/layer.ts";
import type { LayerType } from "../layers/layer-type.ts";
import { LAYER_TYPES } from "./layer-types.ts";
import { RESIDUAL } from "./residual.ts";

const TYPES: { readonly [type: string]: LayerType } = LAYER_TYPES;

/** Deepest nesting of residual blocks: a hostile file could nest without end. */
const MAX_DEPTH = 8;

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

function readList(description: unknown, who: string, depth: number, count: Count): Layer[] {
  if (!Array.isArray(description)) throw new InputTypeError(who, "a list of layers", kindOf(description));
  if (depth > MAX_DEPTH) throw tooMany(who, `${MAX_DEPTH} nested residuals`);
  if (description.length > MAX_LAYERS) throw tooMany(who, `${MAX_LAYERS} layers`, description.length);
  count.layers += description.length;
  if (count.layers > MAX_TOTAL) throw tooMany(who, `${MAX_TOTAL} layers in all`);
  return description.map((item: unknown, index) => {
    const place = `${who}[${index}]`;
    if (!isRecord(item)) throw new InputTypeError(place, "an object with a type", kindOf(item));
    const { type } = item;
    if (typeof type !== "string" || !Object.hasOwn(TYPES, type)) {
      const known = Object.keys(TYPES).join(", ");
      throw new InputTypeError(place, `type to be one of ${known}`, shown(type), "unknown-name");
    }
    count.inputs += Array.isArray(item.inputs) ? item.inputs.length : 1;
    if (count.inputs > MAX_INPUTS) throw tooMany(place, `${MAX_INPUTS} inputs in all`);
    return type === RESIDUAL.type ? readResidual(item, `${place}.`, depth, count) : TYPES[type].create(item);
  });
}

function readResidual(item: Record<string, unknown>, who: string, depth: number, count: Count): Layer {
  const { layers, shortcut, ...rest } = item;
  return RESIDUAL.create({
    ...rest,
    layers: readList(layers, `${who}layers`, depth + 1, count),
    ...(shortcut !== undefined && { shortcut: readList(shortcut, `${who}shortcut`, depth + 1, count) }),
  });
}

function tooMany(who: string, most: string, got: number | string = "more"): InputRangeError {
  return new InputRangeError(who, `at most ${most}`, `${got}`, "too-large");
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
