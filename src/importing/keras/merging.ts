/**
 * Keras' layers of several inputs.
 *
 * @module
 */

import type { Ref } from "../draft.ts";
import { asRows, type Convert, type Given } from "./given.ts";

/** Inputs in one order of axes: channels first if all are so. */
function alike(given: Given): readonly Ref[] {
  const { inputs } = given;
  return inputs.every(({ planes }) => planes) ? inputs : inputs.map((ref) => asRows(given, ref));
}

function merging(type: string): Convert {
  return (given) => given.draft.add(type, given.name, {}, alike(given)).output;
}

/** Place of each axis of [batch, channels, rows, columns] in [batch, rows, columns, channels]. */
const PLACES = [0, 3, 1, 2];

const concatenate: Convert = (given) => {
  const { config, draft, name } = given;
  const inputs = alike(given);
  const rank = inputs[0].tensor.shape.length + 1;
  const axis = config.number("axis", -1);
  const place = axis < 0 ? axis + rank : axis;
  if (!(Number.isInteger(place) && place > 0 && place < rank)) throw config.wrong("axis", `from 1 to ${rank - 1}`);
  return draft.add("concatenate", name, { axis: inputs[0].planes ? PLACES[place] : place }, inputs).output;
};

/** Conversions of Keras 1's layer `Merge`, by its mode. */
const MODES: Readonly<Record<string, Convert>> = {
  sum: merging("add"),
  mul: merging("multiply"),
  ave: merging("average"),
  max: merging("maximum"),
  concat: concatenate,
};

const merge: Convert = (given) => {
  const mode = given.config.text("mode", "sum");
  if (Object.hasOwn(MODES, mode)) return MODES[mode](given);
  throw given.config.wrong("mode", `one of ${Object.keys(MODES).join(", ")}`);
};

/** Layers of several inputs, by Keras' names. */
export const MERGING_LAYERS: Readonly<Record<string, Convert>> = {
  Add: merging("add"),
  Subtract: merging("subtract"),
  Multiply: merging("multiply"),
  Average: merging("average"),
  Maximum: merging("maximum"),
  Concatenate: concatenate,
  Merge: merge,
};
