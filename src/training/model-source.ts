import { type FileSource, readFileSource } from "../data/file-source.ts";

/** The largest model file, in bytes: a Uint8Array holds it everywhere. */
const MAX_MODEL_BYTES = 2 ** 31 - 1;

/** The bytes of a model file, wherever a caller has it: see `readFileSource`. */
export function readModelFile(file: FileSource): Promise<Uint8Array> {
  return readFileSource("loadModel", "a model file", file, MAX_MODEL_BYTES);
}
