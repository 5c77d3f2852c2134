import { InputRangeError, listed } from "../../errors.ts";
import { allowedBytes } from "../expansion.ts";
import { type NamedBytes, readIdxPair } from "../idx.ts";
import { checkGaps, findIdxNames, type IdxNames, noIdxPair } from "../mnist.ts";
import { isClassNames, readClassNames } from "./class-names.ts";
import type { DataFile } from "./data-file.ts";
import type { ReadContext } from "./options.ts";
import type { Part, Parts } from "./parts.ts";

/**
 * Reads IDX files with the names that MNIST and its relatives have.
 *
 * @param others files beside them, of which one may hold the names of the classes
 * @throws RangeError if there is no pair of images and labels, or a file is wrong; with `skipBroken` pairs that are wrong are left out
 */
export async function readIdxFiles(
  files: readonly DataFile[],
  others: readonly DataFile[],
  context: ReadContext,
): Promise<Parts> {
  const { leftOut, maxExpansion } = context;
  const byName = new Map(files.map((file) => [file.name, file]));
  const names = findIdxNames([...byName.keys()]);
  for (const name of names.lone) leftOut.addBroken("without its images or labels", name);
  leftOut.check("readIdx", "pairs of images and labels");
  if (names.train === undefined && names.test === undefined) {
    const got = files.map(({ name }) => JSON.stringify(name));
    throw noIdxPair("readIdx", names, listed(got, 4));
  }
  const open = async (name: string): Promise<NamedBytes> => {
    const file = byName.get(name);
    if (file === undefined) throw new InputRangeError("readIdx", `a file ${JSON.stringify(name)}`, "none", "missing");
    return { name, bytes: await file.bytes(), allowed: allowedBytes(await file.packed(), maxExpansion) };
  };
  const read = (pair: IdxNames | undefined) =>
    pair &&
    leftOut.attempt("damaged", pair.images, async (): Promise<Part> => {
      const { shape, images, labels, ...rest } = await readIdxPair(await open(pair.images), await open(pair.labels));
      if (pair === names.train) checkGaps({ labels, ...rest }, pair.labels);
      return { shape, images, labels: labels ?? new Uint8Array(0), depth: 8 };
    });
  const namesFile = others.find(({ name }) => isClassNames(name));
  const classNames = namesFile && (await readClassNames(namesFile));
  const parts = { train: await read(names.train), test: await read(names.test), classNames };
  if (parts.train !== undefined || parts.test !== undefined) return parts;
  throw noIdxPair("readIdx", names, "none that can be read");
}
