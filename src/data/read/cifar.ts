/**
 * CIFAR-10 and CIFAR-100 in their binary versions (A. Krizhevsky, "Learning Multiple Layers of Features from Tiny Images",
 * 2009): records of one label, or a coarse and a fine one, and 32 x 32 pixels: all red ones, all green ones, all blue ones.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import type { ImageShape } from "../pixels.ts";
import { checkSize, type DataFile } from "./data-file.ts";
import type { ReadContext } from "./options.ts";
import type { Part, Parts } from "./parts.ts";

const SIDE = 32;
const PLANE = SIDE * SIDE;
const SHAPE: ImageShape = [SIDE, SIDE, 3];

/** Bytes of a record: labels and pixels. */
const CIFAR10_RECORD = 1 + 3 * PLANE;
const CIFAR100_RECORD = 2 + 3 * PLANE;

/** Classes by position of the label in the record. */
const CIFAR10_CLASSES = [10];
const CIFAR100_CLASSES = [20, 100];

/** The two data sets. */
export type CifarKind = "CIFAR-10" | "CIFAR-100";

/** The kind that a file may be, by its size and the labels in its first record. */
export function cifarKind(size: number, start: Uint8Array): CifarKind | undefined {
  const fits = (record: number, classes: readonly number[]) =>
    size > 0 && size % record === 0 && classes.every((count, i) => start[i] < count);
  // No whole number of records fits both below 9 MB.
  if (fits(CIFAR100_RECORD, CIFAR100_CLASSES)) return "CIFAR-100";
  return fits(CIFAR10_RECORD, CIFAR10_CLASSES) ? "CIFAR-10" : undefined;
}

/**
 * Reads batches of CIFAR images.
 *
 * @param train in the order in which the images shall come
 * @param names the other files beside them, of which those with the classes' names are read
 * @throws RangeError if a file is not whole, or a label is outside the classes; with `skipBroken` such files are left out
 */
export async function readCifar(
  kind: CifarKind,
  train: readonly DataFile[],
  test: readonly DataFile[],
  names: readonly DataFile[],
  { labels, leftOut }: ReadContext,
): Promise<Parts & { readonly notes: readonly string[] }> {
  const read = (files: readonly DataFile[]) =>
    files.length === 0 ? undefined : readBatches(kind, files, labels, leftOut);
  const parts = { train: await read(train), test: await read(test) };
  const note = missingNote(train);
  const classes = kind === "CIFAR-10" ? 10 : labels === "coarse" ? 20 : 100;
  return {
    ...parts,
    classNames: (await classNames(kind, names, labels)) ?? numbered(classes),
    notes: note === undefined ? [] : [note],
  };
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i));
}

/** The names of 100 classes take about 800 bytes. */
const MAX_NAMES_BYTES = 16 * 1024;

async function classNames(
  kind: CifarKind,
  files: readonly DataFile[],
  labels: "fine" | "coarse",
): Promise<string[] | undefined> {
  const wanted = kind === "CIFAR-10" ? "batches.meta.txt" : `${labels}_label_names.txt`;
  const file = files.find(({ name }) => name === wanted || name.endsWith(`/${wanted}`));
  if (file === undefined) return undefined;
  const who = `readCifar ${JSON.stringify(file.name)}`;
  const size = await file.size();
  if (size > MAX_NAMES_BYTES)
    throw new InputRangeError(who, `at most ${MAX_NAMES_BYTES} bytes`, `${size}`, "too-large");
  const text = new TextDecoder().decode(await file.bytes());
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const count = kind === "CIFAR-10" ? 10 : labels === "coarse" ? 20 : 100;
  if (lines.length === count) return lines;
  throw new InputRangeError(who, `${count} names of classes, one a line`, `${lines.length}`, "shape-mismatch");
}

async function readBatches(
  kind: CifarKind,
  files: readonly DataFile[],
  which: "fine" | "coarse",
  leftOut: ReadContext["leftOut"],
): Promise<Part | undefined> {
  const record = kind === "CIFAR-10" ? CIFAR10_RECORD : CIFAR100_RECORD;
  const classes = kind === "CIFAR-10" ? CIFAR10_CLASSES : CIFAR100_CLASSES;
  const sizes = await Promise.all(files.map((file) => file.size()));
  const most = Math.floor(sizes.reduce((sum, size) => sum + size, 0) / record);
  checkSize(files[0].name, most * 3 * PLANE);
  const images = new Uint8Array(most * 3 * PLANE);
  const labels = new Uint8Array(most);
  const place = kind === "CIFAR-100" && which === "fine" ? 1 : 0;
  let total = 0;
  for (const [f, file] of files.entries()) {
    const who = `readCifar ${JSON.stringify(file.name)}`;
    const count = await leftOut.attempt("damaged", file.name, async () => {
      const bytes = await file.bytes();
      const { length } = bytes;
      if (length === 0 || length % record !== 0 || length !== sizes[f]) {
        throw new InputRangeError(who, `records of ${record} bytes`, `${length} bytes`, "damaged-file");
      }
      for (let i = 0; i < length / record; i++) {
        const label = bytes[i * record + place];
        if (label >= classes[place]) {
          throw new InputRangeError(
            who,
            `labels from 0 to ${classes[place] - 1}`,
            `${label} at image ${i}`,
            "damaged-file",
          );
        }
        const at = total + i;
        labels[at] = label;
        const pixels = i * record + classes.length;
        for (let p = 0; p < PLANE; p++) {
          for (let c = 0; c < 3; c++) images[(at * PLANE + p) * 3 + c] = bytes[pixels + c * PLANE + p];
        }
      }
      return length / record;
    });
    total += count ?? 0;
  }
  if (total === 0) return undefined;
  const used = { images: images.subarray(0, total * 3 * PLANE), labels: labels.subarray(0, total) };
  return { shape: SHAPE, ...used, depth: 8 };
}

/** The note where one of several numbered batches is not there. */
function missingNote(files: readonly DataFile[]): string | undefined {
  const numbers = files.flatMap(({ name }) => /data_batch_(\d)(?:\.\w+)?$/.exec(name)?.[1] ?? []).map(Number);
  const missing = Array.from({ length: Math.max(0, ...numbers) }, (_, i) => i + 1).filter((n) => !numbers.includes(n));
  if (missing.length === 0 || numbers.length < 2) return undefined;
  return `of the batches to train on, ${missing.map((n) => `data_batch_${n}`).join(", ")} ${missing.length === 1 ? "is" : "are"} not there`;
}
