/**
 * HDF5 files opened by h5wasm, the HDF Group's library compiled to wasm, which is loaded when the first one comes.
 *
 * The library sees the file in a file system of its own, in memory: links to other files lead nowhere.
 *
 * @module
 */

import type { Dataset, Group } from "h5wasm";
import { HostError, InputRangeError, isInputError } from "../../errors.ts";
import { checkGlobalHeaps } from "./hdf5-heaps.ts";
import { dropIfFailed, type H5Module, hdf5Instance } from "./hdf5-instance.ts";

const SIGNATURE = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Files may start with a block of their own; then the signature stands at 512, or a power of two of it. */
const USER_BLOCK = 512;

/** Bytes that a start must have for {@link isHdf5}. */
export const HDF5_START = USER_BLOCK + SIGNATURE.length;

/** True if the bytes start as an HDF5 file does. */
export function isHdf5(bytes: Uint8Array): boolean {
  return signatureAt(bytes) !== undefined;
}

/** Index of the signature in a file. */
export function signatureAt(bytes: Uint8Array): number | undefined {
  return [0, USER_BLOCK].find((at) => SIGNATURE.every((byte, i) => bytes[at + i] === byte));
}

/** An HDF5 file that the library has open. */
export interface OpenHdf5 {
  readonly module: H5Module;
  readonly root: Group;
  /** The bytes of the whole file. */
  readonly content: Uint8Array;
}

let opened = 0;

/**
 * Calls `work` with an open HDF5 file, which is closed when that is done.
 *
 * @param who stands in messages
 * @throws RangeError if it is no whole HDF5 file
 */
export async function withHdf5File<T>(
  who: string,
  content: Uint8Array,
  work: (file: OpenHdf5) => T | Promise<T>,
): Promise<T> {
  const base = signatureAt(content);
  if (base === undefined) throw new InputRangeError(who, "an HDF5 file", "one without its signature", "damaged-file");
  checkGlobalHeaps(who, content, base);
  const { module, open } = await hdf5Instance();
  opened += 1;
  const name = `convasm-${opened}.h5`;
  // Not copied: the file system holds the bytes themselves.
  module.FS.createDataFile("/", name, content, true, false, true);
  try {
    const { root, close } = guarded(who, () => open(`/${name}`));
    try {
      return await work({ module, root, content });
    } finally {
      // A broken file may not close either; its memory goes with the library.
      try {
        close();
      } catch {}
    }
  } finally {
    module.FS.unlink(`/${name}`);
  }
}

/** Does work of the library, whose errors mean that the file is damaged. */
export function guarded<T>(who: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (isInputError(cause) || cause instanceof HostError) throw cause;
    dropIfFailed(cause);
    throw new InputRangeError(who, "a whole HDF5 file", "one that is cut off or corrupt", "damaged-file", { cause });
  }
}

/** True for an array in a file. */
export function isDataset(entity: object): entity is Dataset {
  return "type" in entity && entity.type === "Dataset";
}

/** True for a group of a file. */
export function isGroup(entity: object): entity is Group {
  return "type" in entity && entity.type === "Group";
}
