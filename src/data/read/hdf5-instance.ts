/**
 * The running HDF5 library: one for all files, and a new one after a file has made it fail.
 *
 * @module
 */

import type { Group, ready } from "h5wasm";
import { loadHdf5Library, reloadHdf5Library } from "./hdf5-library.ts";
import type { Hdf5Library } from "./hdf5-package.ts";

export type H5Module = Awaited<typeof ready>;

/** The most that the library's memory may grow to, and how much of that it is left to unpack files. */
const LIBRARY_BYTES = 2 ** 31;
const LEFT_BYTES = 512 * 2 ** 20;

/** A file of the library's own file system. */
export interface Hdf5Handle {
  readonly root: Group;
  close(): void;
}

/** The library, ready to open files of its file system in memory. */
export interface Hdf5Instance {
  readonly module: H5Module;
  open(path: string): Hdf5Handle;
  /** Makes a new file. */
  create(path: string): Hdf5Handle;
}

let instance: Promise<Hdf5Instance> | undefined;
let hasFailed = false;

/**
 * The library, which is loaded when it is first asked for.
 *
 * @throws Error if there is none, or it failed and this host can load no other
 */
export function hdf5Instance(): Promise<Hdf5Instance> {
  instance ??= (hasFailed ? reloadHdf5Library() : loadHdf5Library()).then(prepared);
  return instance;
}

/**
 * Drops the library if an error says that it failed inside, where it leaves its memory as it is: whatever it reads after that may be
 * wrong. The next file gets a new one.
 */
export function dropIfFailed(error: unknown): void {
  // A stack that is too deep is a RangeError of the engine's own.
  const isTrap = error instanceof WebAssembly.RuntimeError || error instanceof RangeError;
  if (!isTrap) return;
  instance = undefined;
  hasFailed = true;
}

async function prepared({ File, ready }: Hdf5Library): Promise<Hdf5Instance> {
  const module = await ready;
  const { FS } = module;
  // The library prints pages about every broken file: whatever goes to its standard error is dropped.
  const streams: unknown = Reflect.get(FS, "streams");
  if (Array.isArray(streams) && streams.length === 3) {
    FS.close(streams[2]);
    FS.open("/dev/null", "w");
  }
  // A packed chunk may unpack to anything. Memory that is taken but never touched costs nothing, and keeps that in bounds.
  module._malloc(Math.max(1, LIBRARY_BYTES - LEFT_BYTES - module.HEAPU8.length));
  const handle = (path: string, mode: "r" | "w"): Hdf5Handle => {
    const file = new File(path, mode);
    return { root: file, close: () => file.close() };
  };
  return { module, open: (path) => handle(path, "r"), create: (path) => handle(path, "w") };
}
