import { InputTypeError, listed, shown } from "../errors.ts";
import { isRecord } from "../json.ts";
import type { Layer } from "../layers/layer.ts";
import type { LayerType } from "../layers/layer-type.ts";
import { adviceOn } from "../options/meant.ts";
import { LAYER_TYPES } from "./layer-types.ts";
import { NetworkSize } from "./limits.ts";
import { RESIDUAL } from "./residual.ts";

const TYPES: { readonly [type: string]: LayerType } = LAYER_TYPES;

/**
 * Reads layers from parsed JSON: a list of objects with a `type` and that layer's options.
 *
 * @throws TypeError, RangeError naming the place, what was expected and what was there
 * @example
 * readLayers([{ type: "flatten" }, { type: "dense", units: 10 }], "layers");
 */
export function readLayers(description: unknown, who: string): Layer[] {
  return readList(description, who, 0, new NetworkSize());
}

/**
 * Reads one layer that stands in no list.
 *
 * @throws as {@link readLayers}
 */
export function readLayer(description: unknown): Layer {
  return readItem(description, undefined, 0, new NetworkSize());
}

function readList(description: unknown, who: string, depth: number, size: NetworkSize): Layer[] {
  if (!Array.isArray(description)) throw new InputTypeError(who, "a list of layers", kindOf(description));
  size.addList(who, description.length, depth);
  return description.map((item: unknown, index) => readItem(item, `${who}[${index}]`, depth, size));
}

/** @param place of the layer in its list, if it stands in one */
function readItem(item: unknown, place: string | undefined, depth: number, size: NetworkSize): Layer {
  const who = place ?? "layer";
  if (!isRecord(item)) throw new InputTypeError(who, "an object with a type", kindOf(item));
  const { type } = item;
  const known = Object.keys(TYPES);
  if (typeof type !== "string" || !known.includes(type)) {
    const expected = `type to be one of ${listed(known)}`;
    throw new InputTypeError(who, expected, shown(type), "unknown-name", adviceOn(type, known));
  }
  size.addInputs(who, Array.isArray(item.inputs) ? item.inputs.length : 1);
  if (type !== RESIDUAL.type) return TYPES[type].create(item, place);
  const { layers, shortcut, ...rest } = item;
  const lists = {
    layers: readList(layers, `${who}.layers`, depth + 1, size),
    ...(shortcut !== undefined && { shortcut: readList(shortcut, `${who}.shortcut`, depth + 1, size) }),
  };
  return RESIDUAL.create({ ...rest, ...lists }, place);
}

function kindOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "a list" : typeof value;
}
