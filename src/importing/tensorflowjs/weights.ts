/**
 * Weights of TensorFlow.js: numbers of several arrays one behind the other, in files that `model.json` lists.
 *
 * @module
 */

import { InputRangeError, shown } from "../../errors.ts";
import { tensorFloats } from "../../formats/tensor-floats.ts";
import { isRecord } from "../../json.ts";
import { joinBytes } from "../../numeric/join-bytes.ts";
import { listOf, recordOf, textOf } from "../keras/config.ts";
import type { ModelFiles } from "../model-files.ts";

/** An array of a file. */
export interface WeightArray {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Types of numbers in files, and their names in safetensors. */
const TYPES: Readonly<Record<string, readonly [name: string, bytes: number]>> = {
  float32: ["F32", 4],
  float16: ["F16", 2],
  int32: ["I32", 4],
  uint16: ["U16", 2],
  uint8: ["U8", 1],
  bool: ["BOOL", 1],
};

/** Most arrays of a model. */
const MAX_ARRAYS = 100_000;

/**
 * The arrays of a model by their names, quantised ones as the numbers that they stand for.
 *
 * @param manifest `weightsManifest` of `model.json`
 * @throws RangeError for types that there are none of here, and files that are missing, too short or too long
 */
export async function readWeights(files: ModelFiles, manifest: unknown): Promise<ReadonlyMap<string, WeightArray>> {
  const { who } = files;
  const found = new Map<string, WeightArray>();
  for (const item of listOf(`${who}: weightsManifest`, manifest)) {
    const group = recordOf(`${who}: a group of weightsManifest`, item);
    const paths = listOf(`${who}: paths`, group.paths).map((path) => textOf(`${who}: a path`, path));
    const bytes = joinBytes(await Promise.all(paths.map((path) => files.beside(path))));
    let at = 0;
    for (const entry of listOf(`${who}: weights`, group.weights)) {
      const { name, shape, dtype, quantization } = specOf(who, entry);
      const [type, width] = TYPES[quantization?.dtype ?? dtype];
      const end = at + shape.reduce((product, extent) => product * extent, width);
      if (!(end <= bytes.length)) {
        const got = `${bytes.length} bytes in ${paths.join(", ")}`;
        throw new InputRangeError(`${who}: ${shown(name)}`, `${end} bytes`, got, "damaged-file");
      }
      const numbers = tensorFloats(`${who}: ${shown(name)}`, type, bytes.slice(at, end));
      found.set(name, { shape, values: quantization === undefined ? numbers : dequantised(numbers, quantization) });
      at = end;
      if (found.size > MAX_ARRAYS) throw new InputRangeError(who, `at most ${MAX_ARRAYS} arrays`, "more", "too-large");
    }
    if (at !== bytes.length) {
      throw new InputRangeError(who, `${at} bytes in ${paths.join(", ")}`, `${bytes.length}`, "damaged-file");
    }
  }
  return found;
}

/** Numbers of fewer bits: `scale` times the number, plus `min`. */
interface Quantization {
  readonly dtype: string;
  readonly scale: number;
  readonly min: number;
}

function dequantised(numbers: Float32Array, { scale, min }: Quantization): Float32Array {
  return scale === 1 && min === 0 ? numbers : numbers.map((value) => value * scale + min);
}

function specOf(who: string, entry: unknown) {
  const { name, shape, dtype, quantization } = recordOf(`${who}: a weight`, entry);
  const title = textOf(`${who}: name of a weight`, name);
  const extents = listOf(`${who}: shape of ${shown(title)}`, shape);
  const isExtent = (extent: unknown): extent is number => Number.isSafeInteger(extent) && Number(extent) >= 0;
  if (!extents.every(isExtent)) {
    throw new InputRangeError(`${who}: ${shown(title)}`, "a shape of whole numbers", shown(shape), "damaged-file");
  }
  const isKnown = (type: unknown): type is string => typeof type === "string" && Object.hasOwn(TYPES, type);
  const wanted = `numbers of ${Object.keys(TYPES).join(", ")}`;
  if (!isKnown(dtype)) throw new InputRangeError(`${who}: ${shown(title)}`, wanted, shown(dtype), "unsupported-file");
  if (!isRecord(quantization)) return { name: title, shape: extents, dtype };
  const { dtype: type, scale = 1, min = 0 } = quantization;
  if (!isKnown(type) || typeof scale !== "number" || typeof min !== "number") {
    throw new InputRangeError(
      `${who}: quantization of ${shown(title)}`,
      wanted,
      shown(quantization),
      "unsupported-file",
    );
  }
  return { name: title, shape: extents, dtype, quantization: { dtype: type, scale, min } };
}
