/**
 * Layers as recipes in files have them: the JSON of model files, in which a number may be that of the data's classes.
 *
 * @module
 */

import { InputTypeError, shown } from "../errors.ts";
import { MOST_NESTED } from "../graph/limits.ts";
import { readLayers } from "../graph/read.ts";
import { isRecord, type Json } from "../json.ts";
import type { Layer } from "../layers/layer.ts";
import type { OptionKind } from "../options/kinds.ts";

/** Stands for the number of the data's classes. */
const CLASSES = "classes";

/** The options that may be {@link CLASSES}. */
const COUNTS = ["units", "filters"];

/** The number of classes with which layers are checked before the data is known. */
const USUAL_CLASSES = 10;

/** Layers' descriptions, checked as far as that is possible without data. */
export function layerDescriptions(): OptionKind<readonly Json[], readonly Json[]> {
  return {
    field: "layers",
    wanted: "a list of layers",
    read(_who, key, value) {
      layersFor(value, USUAL_CLASSES, key);
      if (Array.isArray(value)) return value;
      throw new InputTypeError(key, this.wanted, shown(value));
    },
  };
}

/**
 * The layers for a number of classes.
 *
 * @param descriptions JSON that is not to be trusted
 * @throws TypeError, RangeError naming the place, what was expected and what was there
 */
export function layersFor(descriptions: unknown, classes: number, who = "layers"): Layer[] {
  return readLayers(withClasses(descriptions, classes, 0), who);
}

function withClasses(layers: unknown, classes: number, depth: number): unknown {
  if (!Array.isArray(layers) || depth > MOST_NESTED) return layers;
  return layers.map((layer: unknown) => {
    if (!isRecord(layer)) return layer;
    const options = Object.entries(layer).map(([key, value]) => {
      if (value === CLASSES && COUNTS.includes(key)) return [key, classes];
      return [key, key === "layers" || key === "shortcut" ? withClasses(value, classes, depth + 1) : value];
    });
    return Object.fromEntries(options);
  });
}

/** The descriptions of layers that a function gives for a number of classes, with {@link CLASSES} where they follow it. */
export function describeLayers(layers: (classes: number) => readonly Layer[]): readonly Json[] {
  const [usual, more] = [USUAL_CLASSES, USUAL_CLASSES + 1].map((classes) =>
    layers(classes).map(({ config }) => config),
  );
  return usual.map((config, i) => followingClasses(config, more[i]));
}

/** A description in which numbers that follow the number of classes are `classes`, found by comparing it with one for one more class. */
function followingClasses(usual: Json, more: Json | undefined): Json {
  if (Array.isArray(usual)) {
    const others: readonly Json[] = Array.isArray(more) ? more : [];
    return usual.map((item: Json, i) => followingClasses(item, others[i]));
  }
  if (!isRecord(usual) || !isRecord(more)) return usual;
  const entries = Object.entries(usual).map(([key, value]): [string, Json] => {
    const follows = COUNTS.includes(key) && value === USUAL_CLASSES && more[key] === USUAL_CLASSES + 1;
    return [key, follows ? CLASSES : followingClasses(jsonOf(value), jsonOf(more[key]))];
  });
  return Object.fromEntries(entries);
}

function jsonOf(value: unknown): Json {
  return JSON.parse(JSON.stringify(value ?? null));
}
