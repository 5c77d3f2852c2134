/**
 * Files of Keras: `.keras`, and `.h5` of whole models.
 *
 * @module
 */

import { dataFile } from "../../data/read/data-file.ts";
import { isHdf5, withHdf5File } from "../../data/read/hdf5-file.ts";
import { readZip } from "../../data/read/zip.ts";
import { InputRangeError, InputTypeError, shown } from "../../errors.ts";
import { CLASS_NAMES } from "../../formats/keras-names.ts";
import { isRecord } from "../../json.ts";
import type { ForeignModel, OpenFacts, ReadForeignModel } from "../foreign-model.ts";
import type { ModelFiles } from "../model-files.ts";
import { bindLegacy, bindNumbered } from "./bind.ts";
import { Hdf5Tree } from "./hdf5-tree.ts";
import { importKeras } from "./import-keras.ts";
import type { Part } from "./network.ts";

/** Reads a model of Keras, network and weights. */
export const readKeras: ReadForeignModel = (files, open) =>
  isHdf5(files.bytes) ? readHdf5(files, open) : readArchive(files, open);

/** JSON of a file. */
export function parseJson(who: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new InputTypeError(who, "JSON", shown(text), "damaged-file", { cause });
  }
}

/** Keras' first number of version. */
export function versionOf(text: unknown): number {
  const number = typeof text === "string" ? Number.parseInt(text, 10) : Number.NaN;
  // The first files say none.
  return Number.isInteger(number) ? Math.max(number, 1) : 1;
}

/** An `.h5` file: the configuration is an attribute, the arrays are in a group. */
function readHdf5({ who, bytes }: ModelFiles, open: OpenFacts): Promise<ForeignModel> {
  return withHdf5File(who, bytes, (file) => {
    const tree = new Hdf5Tree(who, file);
    const text = tree.text("", "model_config");
    if (text === undefined) {
      const advice = "weights alone take the network that they are of";
      throw new InputTypeError(who, "a whole model of Keras", "no model_config", "missing", { advice });
    }
    const version = versionOf(tree.text("", "keras_version") ?? tree.text("model_weights", "keras_version"));
    const compiled = tree.text("", "training_config");
    const model = {
      model: parseJson(`${who}: model_config`, text),
      version,
      isTurned: (tree.text("", "backend") ?? tree.text("model_weights", "backend")) === "theano",
      compiled: compiled === undefined ? undefined : parseJson(`${who}: training_config`, compiled),
      bind: (parts: readonly Part[]) => bindLegacy(tree, "model_weights", parts),
    };
    return importKeras(who, model, open);
  });
}

/** A `.keras` file: a ZIP archive of configuration and arrays. */
async function readArchive({ who, title, bytes }: ModelFiles, open: OpenFacts): Promise<ForeignModel> {
  const entries = await readZip(dataFile({ name: title, bytes }));
  const content = async (name: string) => {
    const entry = entries.find((file) => file.name === name);
    if (entry !== undefined) return entry.bytes();
    throw new InputRangeError(who, `${name} in the archive`, "none", "damaged-file");
  };
  const json = async (name: string) => parseJson(`${who}: ${name}`, new TextDecoder().decode(await content(name)));
  const model = await json("config.json");
  const metadata = await json("metadata.json");
  const compiled = isRecord(model) ? model.compile_config : undefined;
  const arrays = await content("model.weights.h5");
  return withHdf5File(`${who}: model.weights.h5`, arrays, (file) => {
    const tree = new Hdf5Tree(`${who}: model.weights.h5`, file);
    const { keras_version: kerasVersion, [CLASS_NAMES]: classNames } = isRecord(metadata) ? metadata : {};
    const bind = (parts: readonly Part[]) => bindNumbered(tree, parts);
    const given = { model, version: versionOf(kerasVersion), isTurned: false, compiled, classNames, bind };
    return importKeras(who, given, open);
  });
}
