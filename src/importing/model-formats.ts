/**
 * The formats of models, network and weights, by how their files start.
 *
 * @module
 */

import { isPytorch } from "../formats/pytorch/state-dict.ts";
import type { ReadForeignModel } from "./foreign-model.ts";

/** A format of files that programs keep models in. */
export interface ModelFormat {
  /** Its name with an article, such as `an ONNX model`. */
  readonly name: string;
  matches(bytes: Uint8Array): boolean;
  /** Loads its reader; none of a format that is only told by name. */
  readonly load?: () => Promise<ReadForeignModel>;
}

const FORMATS: readonly ModelFormat[] = [
  { name: "an HDF5 file", matches: (bytes) => startsWith(bytes, 0, "\x89HDF") },
  { name: "a TFLite model", matches: (bytes) => startsWith(bytes, 4, "TFL3") },
  {
    name: "an ONNX model",
    // The field `ir_version`, then `producer_name` or the graph.
    matches: (bytes) => bytes[0] === 0x08 && bytes[1] < 32 && (bytes[2] === 0x12 || bytes[2] === 0x3a),
  },
  { name: "an archive of PyTorch before 0.1.10", matches: (bytes) => startsWith(bytes, 257, "ustar") },
];

/** The format of a file, if it is one of these; of files of weights there is none. */
export function modelFormatOf(bytes: Uint8Array): ModelFormat | undefined {
  return isPytorch(bytes) ? undefined : FORMATS.find(({ matches }) => matches(bytes));
}

function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
  return [...text].every((letter, i) => bytes[at + i] === letter.charCodeAt(0));
}
