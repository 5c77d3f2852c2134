/**
 * HDF5 files opened by h5wasm, the HDF Group's library compiled to wasm, which is loaded when the first one comes.
 *
 * The library sees the file in a file system of its own, in memory: links to other files lead nowhere.
 *
 * @module
 */

import type { Dataset, Group } from "h5wasm";
import { HostError, InputRangeError, isInputError } from "../../errors.ts";
import { isRecord } from "../../json.ts";
import type { ByteSource } from "./hdf5-bytes.ts";
import { checkGlobalHeaps } from "./hdf5-heaps.ts";
import { dropIfFailed, type H5Module, hdf5Instance } from "./hdf5-instance.ts";
import { RangedBytes } from "./ranged-bytes.ts";

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
export function signatureAt(bytes: ByteSource): number | undefined {
  return [0, USER_BLOCK].find((at) => SIGNATURE.every((byte, i) => bytes.at(at + i) === byte));
}

/** An HDF5 file that the library has open. */
export interface OpenHdf5 {
  readonly module: H5Module;
  readonly root: Group;
  /** The bytes of the file. */
  readonly content: ByteSource;
}

let opened = 0;

/**
 * Calls `work` with an open HDF5 file, which is closed when that is done.
 *
 * @param who stands in messages
 * @param content bytes in memory; or of a file that stays where it is, of which then only numbers may be read: its heaps of texts are not looked
 *   through
 * @throws RangeError if it is no whole HDF5 file
 */
export async function withHdf5File<T>(
  who: string,
  content: Uint8Array | RangedBytes,
  work: (file: OpenHdf5) => T | Promise<T>,
): Promise<T> {
  const base = signatureAt(content);
  if (base === undefined) throw new InputRangeError(who, "an HDF5 file", "one without its signature", "damaged-file");
  if (!(content instanceof RangedBytes)) checkGlobalHeaps(who, content, base);
  const { module, open } = await hdf5Instance();
  opened += 1;
  const name = `convasm-${opened}.h5`;
  if (content instanceof RangedBytes) createRangedFile(module, name, content);
  // Not copied: the file system holds the bytes themselves.
  else module.FS.createDataFile("/", name, content, true, false, true);
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

/** A file of the library's file system whose bytes are read when the library asks for them. */
function createRangedFile({ FS }: H5Module, name: string, content: RangedBytes): void {
  FS.createDataFile("/", name, new Uint8Array(0), true, false, true);
  const { node } = FS.lookupPath(`/${name}`, {});
  const own: unknown = Reflect.get(node, "stream_ops");
  Object.assign(node, {
    usedBytes: content.length,
    stream_ops: {
      ...(isRecord(own) && own),
      read: (_: unknown, { buffer }: Int8Array, at: number, count: number, position: number) =>
        content.read(new Uint8Array(buffer), at, count, position),
    },
  });
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
