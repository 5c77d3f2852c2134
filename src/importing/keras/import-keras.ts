/**
 * Models of Keras, network and weights, from their configuration and whatever holds their arrays.
 *
 * @module
 */

import { InputRangeError, InputTypeError, shown } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import { classNamesIn } from "../class-names.ts";
import { Draft, type Ref } from "../draft.ts";
import type { ForeignModel, OpenFacts } from "../foreign-model.ts";
import type { Bound } from "./bind.ts";
import { compileSettings } from "./compile-settings.ts";
import { listOf, recordOf, textOf } from "./config.ts";
import { type Item, isModelClass, itemsOf } from "./items.ts";
import { addModel, type Part } from "./network.ts";

/** A model's configuration in a file. */
export interface KerasModel {
  /** `class_name` and `config` of the model. */
  readonly model: unknown;
  /** Keras' first number of version. */
  readonly version: number;
  /** True if the weights are of Theano, whose convolutions turn their kernels. */
  readonly isTurned: boolean;
  /** Settings of `compile`, where the file has them. */
  readonly compiled: unknown;
  /** Names of the classes, where the file has any. */
  readonly classNames?: unknown;
  /** Gives arrays to the layers. */
  bind(parts: readonly Part[], note: (line: string) => void): Promise<Bound>;
}

/**
 * A model from its configuration.
 *
 * @param who stands in messages
 * @throws RangeError for a layer that there is none of here, a damaged file, or facts that nobody says
 */
export async function importKeras(
  who: string,
  { model, version, isTurned, compiled, classNames, bind }: KerasModel,
  open: OpenFacts,
): Promise<ForeignModel> {
  const { class_name: className, config } = recordOf(`${who}: the model's configuration`, model);
  const kind = textOf(`${who}: class_name of the model`, className);
  if (!isModelClass(kind)) {
    const advice = "a model of a class of one's own is a program; save its weights, and give the network";
    throw new InputRangeError(who, "a Sequential or Functional model", kind, "unsupported-file", { advice });
  }
  const item: Item = { name: kind, className: kind, config, inbound: undefined };
  const { draft, pixels } = begin(who, item, version, open);
  const { outputs, part } = addModel(item, [pixels], { who, version, isTurned, draft, path: [] });
  const note = (line: string) => draft.note(line);
  const { pairs, unused } = await bind(part.parts, note);
  const planar = outputs.find(({ planes }) => planes);
  if (planar !== undefined) note("outputs with channels first in Keras have them last here");
  const architecture = draft.architecture(
    who,
    outputs.map(({ tensor }) => tensor),
    open,
  );
  const names = new Set(architecture.parameters().map(({ name }) => name));
  const values = new Map([...draft.values].filter(([name]) => names.has(name)));
  return {
    architecture,
    fit: { values, pairs: pairs.filter(({ weight }) => names.has(weight)), missing: [], unused },
    classNames: classNamesIn(classNames, architecture),
    compile: compileSettings(architecture, compiled, note),
    notes: draft.notes,
  };
}

/** An empty network, and its input as Keras has it. */
function begin(who: string, model: Item, version: number, open: OpenFacts): { draft: Draft; pixels: Ref } {
  const [, ...given] = listOf(`${who}: shape of the input`, inputShape(who, model, version));
  const extents = given.map((extent) => (typeof extent === "number" && extent > 0 ? extent : undefined));
  const isPlanar = extents.length === 3 && hasPlanes(model.config);
  const [h, w, c] = isPlanar ? [extents[1], extents[2], extents[0]] : imageExtents(who, extents);
  const { shape } = open;
  const fits = (own: number | undefined, other: number) => own === undefined || own === other;
  if (shape !== undefined && !(fits(h, shape[0]) && fits(w, shape[1]) && fits(c, shape[2]))) {
    throw new InputRangeError(who, `a shape that is the file's, ${shown([h, w, c])}`, shown(shape), "shape-mismatch");
  }
  const [rows, columns, channels] = [h ?? shape?.[0], w ?? shape?.[1], c ?? shape?.[2]];
  if (rows === undefined || columns === undefined || channels === undefined) {
    const advice = "the option shape says it";
    throw new InputTypeError(who, "the shape of images, which the file leaves open", "none", "missing", { advice });
  }
  const draft = new Draft([rows, columns, channels]);
  if (isPlanar) draft.note("images have channels first in Keras, and last here");
  const pixels: Ref = { tensor: draft.input, planes: isPlanar, pixels: true };
  if (extents.length === 1) return { draft, pixels: draft.add("flatten", "input_vector", {}, [pixels]).output };
  if (extents.length === 2) {
    return { draft, pixels: draft.add("reshape", "input_rows", { targetShape: [rows, columns] }, [pixels]).output };
  }
  return { draft, pixels };
}

/** Height, width and channels of an input of one to three axes: a vector is one pixel, rows have one channel. */
function imageExtents(who: string, extents: readonly (number | undefined)[]): readonly (number | undefined)[] {
  if (extents.length === 1) return [1, 1, extents[0]];
  if (extents.length === 2) return [...extents, 1];
  if (extents.length === 3) return extents;
  const got = `${extents.length} axes besides the batch`;
  throw new InputRangeError(who, "an input of images, rows or vectors", got, "unsupported-file");
}

/** The shape of a model's input, the batch first. */
function inputShape(who: string, { className, config }: Item, version: number): unknown {
  const items = itemsOf(who, className, config, version);
  const settings: Readonly<Record<string, unknown>> = isRecord(config) ? config : {};
  const first = className === "Sequential" ? items[0] : items.find(({ name }) => name === firstInput(who, settings));
  if (first === undefined) throw new InputRangeError(who, "layers, and one input", "none", "unsupported-file");
  const own: Readonly<Record<string, unknown>> = isRecord(first.config) ? first.config : {};
  const shape =
    own.batch_input_shape ?? own.batch_shape ?? (className === "Sequential" ? settings.build_input_shape : undefined);
  if (shape !== undefined && shape !== null) return shape;
  return isModelClass(first.className) ? inputShape(who, first, version) : undefined;
}

/** Name of the one input layer of a graph. */
function firstInput(who: string, { input_layers: inputs }: Readonly<Record<string, unknown>>): unknown {
  const list: readonly unknown[] = Array.isArray(inputs) ? inputs : [];
  if (typeof list[0] === "string") return list[0];
  if (list.length === 1 && Array.isArray(list[0])) return list[0][0];
  throw new InputRangeError(who, "a model of one input", `${list.length}`, "unsupported-file");
}

/** Deepest nesting of a configuration that is looked at. */
const MAX_DEPTH = 40;

/** True if layers of a configuration work on images with channels first. */
function hasPlanes(value: unknown, depth = 0): boolean {
  if (typeof value !== "object" || value === null || depth > MAX_DEPTH) return false;
  if (isRecord(value) && (value.data_format === "channels_first" || value.dim_ordering === "th")) return true;
  return Object.values(value).some((item) => hasPlanes(item, depth + 1));
}
