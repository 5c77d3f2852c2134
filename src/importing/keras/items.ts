/**
 * Layers as the configurations of models list them.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { listOf, recordOf, textOf } from "./config.ts";
import { fromVersionOne } from "./version-one.ts";

/** Most layers of a model, with all that stand in others. */
const MOST_LAYERS = 20_000;

/** A layer as a configuration lists it. */
export interface Item {
  readonly name: string;
  readonly className: string;
  readonly config: unknown;
  /** Its calls in a graph: the outputs that it is applied to. */
  readonly inbound: unknown;
}

const MODELS = ["Sequential", "Functional", "Model"];

/** True for the name of a class that holds layers. */
export function isModelClass(className: string): boolean {
  return MODELS.includes(className);
}

/** The layers of a model's configuration. */
export function itemsOf(who: string, className: string, config: unknown, version: number): Item[] {
  const layers = Array.isArray(config) ? config : recordOf(`${who}: ${className}`, config).layers;
  const items = listOf(`${who}: layers of ${className}`, layers);
  if (items.length > MOST_LAYERS) {
    throw new InputRangeError(who, `at most ${MOST_LAYERS} layers`, `${items.length}`, "too-large");
  }
  return items.map((item) => {
    const layer = recordOf(`${who}: a layer`, item);
    const given = textOf(`${who}: class_name of a layer`, layer.class_name);
    const modern = version === 1 ? fromVersionOne(given, layer.config) : { className: given, config: layer.config };
    const own = isRecord(layer.config) ? layer.config.name : undefined;
    const name = textOf(`${who}: name of a layer ${given}`, layer.name ?? own ?? given.toLowerCase());
    return { name, ...modern, inbound: layer.inbound_nodes };
  });
}
