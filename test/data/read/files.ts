// The files that make-files.py wrote, and what is in them by its rule.

import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import type { DataFileInput } from "../../../src/data/read/data-file.ts";
import type { ReadDataOptions } from "../../../src/data/read/options.ts";
import type { ReadData } from "../../../src/data/read/parts.ts";
import { readData } from "../../../src/data/read-data.ts";

export const FILES = fileURLToPath(new URL("files", import.meta.url));

export const TRAIN_LABELS = [0, 1, 2, 0, 1, 2];
export const TEST_LABELS = [1, 0];

/** Pixels of the images `first` to `last` - 1, `[n, h, w, c]`. */
export function pixels(first: number, last: number, height = 6, width = 5, channels = 1): number[] {
  const values: number[] = [];
  for (let i = first; i < last; i++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let c = 0; c < channels; c++) values.push((((i * 37 + y * 11 + x * 5) % 256) + c * 50) % 256);
      }
    }
  }
  return values;
}

/** A file, or all files of a folder, as a page would get them. */
export function inputs(name: string): DataFileInput[] {
  const path = join(FILES, name);
  if (/\.\w+$|_\d$/.test(name)) return [{ name, bytes: new Uint8Array(readFileSync(path)) }];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const file = join(entry.parentPath, entry.name);
      const inside = relative(FILES, file).split(sep).join("/");
      return { name: inside, bytes: new Uint8Array(readFileSync(file)) };
    });
}

export function read(name: string, options: ReadDataOptions & { readonly streaming?: false } = {}): Promise<ReadData> {
  return readData(inputs(name), options);
}

/** The message with which reading rejects. */
export async function refusal(files: readonly DataFileInput[], options: ReadDataOptions = {}): Promise<string> {
  const error = await readData(files, options).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof RangeError)) throw new Error(`expected a RangeError, got ${error}`, { cause: error });
  return error.message;
}
