/**
 * The tensors of other programs' files, by what the files are.
 *
 * @module
 */

import { type FileSource, placeOf, readFileSource } from "../data/file-source.ts";
import { MAX_BYTES } from "../data/read/data-file.ts";
import { InputRangeError } from "../errors.ts";
import type { ForeignTensor } from "../formats/foreign-tensor.ts";
import { isPytorch, readStateDict } from "../formats/pytorch/state-dict.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";

/** Starts of files that programs keep models in, which are told by name where they are not read. */
const OTHERS: readonly (readonly [name: string, matches: (bytes: Uint8Array) => boolean])[] = [
  ["an HDF5 file", (bytes) => startsWith(bytes, 0, "\x89HDF")],
  ["a TFLite model", (bytes) => startsWith(bytes, 4, "TFL3")],
  // The field `ir_version`, then `producer_name` or the graph.
  ["an ONNX model", (bytes) => bytes[0] === 0x08 && bytes[1] < 32 && (bytes[2] === 0x12 || bytes[2] === 0x3a)],
  ["an archive of PyTorch before 0.1.10", (bytes) => startsWith(bytes, 257, "ustar")],
];

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}

/** Tensors, and the file's name for messages. */
export interface ReadTensors {
  readonly name: string;
  readonly tensors: readonly ForeignTensor[];
}

/**
 * The tensors of a file of `torch.save`, or of safetensors, in the file's order.
 *
 * @throws RangeError if it is another file, by its name where it is known, or a damaged one
 */
export async function readTensors(source: FileSource): Promise<ReadTensors> {
  const bytes = await readFileSource("importModel", "a file of weights", source, MAX_BYTES);
  const place = placeOf(source);
  const name = place === undefined ? "importModel" : `importModel ${JSON.stringify(place)}`;
  const title = place ?? "data";
  if (isPytorch(bytes)) return { name, tensors: await readStateDict(bytes, title) };
  const other = OTHERS.find(([, matches]) => matches(bytes));
  if (other !== undefined) {
    throw new InputRangeError(name, "a state dict of PyTorch, or safetensors", other[0], "unsupported-file");
  }
  const { tensors, metadata } = decodeSafetensors(bytes, { name: title, convert: true });
  if (metadata.format === "convasm") {
    throw new InputRangeError(name, "weights of another program", "a model of convasm, which loadModel reads");
  }
  return {
    name,
    tensors: [...tensors].map(([tensor, { shape, data }]) => ({ name: tensor, shape, floats: () => data })),
  };
}
