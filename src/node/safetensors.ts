/**
 * safetensors files, whose header is checked before the rest is read, so that a false header costs nothing.
 *
 * @module
 */

import type { FileHandle } from "node:fs/promises";
import {
  parseSafetensorsHeader,
  type SafetensorsHeader,
  safetensorsHeaderBytes,
} from "../data/read/safetensors-header.ts";
import { InputRangeError } from "../errors.ts";
import { type DecodeSafetensorsOptions, decodeTensors, type Safetensors } from "../formats/safetensors.ts";
import { FileError, fileError } from "./file-error.ts";
import { readExactly } from "./files.ts";
import { openToRead } from "./pipe.ts";

/** Largest size of a file in bytes. */
const MAX_FILE_BYTES = 4 * 2 ** 30;

/** Options of {@link readSafetensors}. */
export type ReadSafetensorsOptions = Pick<DecodeSafetensorsOptions, "convert">;

interface OpenSafetensors {
  readonly header: SafetensorsHeader;
  readonly dataBegin: number;
  readonly dataBytes: number;
}

async function withFile<T>(path: string, use: (handle: FileHandle) => Promise<T>): Promise<T> {
  try {
    const handle = await openToRead(path);
    try {
      return await use(handle);
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw fileError("read", path, error);
  }
}

async function readHeader(handle: FileHandle, path: string): Promise<OpenSafetensors> {
  const info = await handle.stat();
  if (info.isDirectory()) throw new FileError("read", path, "is a folder");
  if (!info.isFile()) throw new FileError("read", path, "is not a regular file");
  if (info.size > MAX_FILE_BYTES) {
    const who = `safetensors ${JSON.stringify(path)}`;
    throw new InputRangeError(who, `a file of at most ${MAX_FILE_BYTES} bytes`, `${info.size}`, "too-large");
  }
  const start = await readExactly(handle, path, 0, Math.min(64, info.size));
  const headerBytes = safetensorsHeaderBytes(start, info.size, path);
  const dataBegin = 8 + headerBytes;
  const dataBytes = info.size - dataBegin;
  const header = parseSafetensorsHeader(await readExactly(handle, path, 8, headerBytes), dataBytes, path);
  return { header, dataBegin, dataBytes };
}

/**
 * Reads a file of tensors: first 8 bytes, then the header, and the rest only after all of the header is checked.
 *
 * @throws FileError if the file cannot be read; RangeError if anything is wrong with it
 *
 * @example
 * const { tensors, metadata } = await readSafetensors("model.safetensors");
 */
export async function readSafetensors(path: string, options: ReadSafetensorsOptions = {}): Promise<Safetensors> {
  return withFile(path, async (handle) => {
    const { header, dataBegin, dataBytes } = await readHeader(handle, path);
    const data = await readExactly(handle, path, dataBegin, dataBytes);
    return { tensors: decodeTensors(header, data, { ...options, name: path }), metadata: header.metadata };
  });
}
