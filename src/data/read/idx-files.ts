import { InputRangeError, listed } from "../../errors.ts";
import { allowedBytes } from "../expansion.ts";
import { type NamedBytes, parseHeader, readIdx, readIdxPair } from "../idx.ts";
import { checkGaps, findIdxNames, type IdxNames, noIdxPair } from "../mnist.ts";
import { rowReader } from "./array-rows.ts";
import { isClassNames, readClassNames } from "./class-names.ts";
import { type DataFile, isGzipFile } from "./data-file.ts";
import { streamedArrays } from "./named-arrays.ts";
import type { ArrayFile } from "./number-array.ts";
import type { ReadContext } from "./options.ts";
import type { Part, Parts } from "./parts.ts";
import { expectNoStreaming, isStreamed, type StreamedPart, type StreamedParts } from "./streamed-parts.ts";

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
): Promise<Parts & { readonly streamed?: StreamedParts }> {
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
  const streamed = await streamedIdx([names.train, names.test], byName, context);
  if (streamed !== undefined) {
    const [train, test] = streamed;
    return { train: undefined, test: undefined, streamed: { train, test, classNames } };
  }
  const parts = { train: await read(names.train), test: await read(names.test), classNames };
  if (parts.train !== undefined || parts.test !== undefined) return parts;
  throw noIdxPair("readIdx", names, "none that can be read");
}

/** Parts whose images stay in their files; undefined where they are to be read into memory. */
async function streamedIdx(
  pairs: readonly (IdxNames | undefined)[],
  files: ReadonlyMap<string, DataFile>,
  context: ReadContext,
): Promise<(StreamedPart | undefined)[] | undefined> {
  const open = async (name: string) => {
    const file = files.get(name);
    if (file === undefined) throw new InputRangeError("readIdx", `a file ${JSON.stringify(name)}`, "none", "missing");
    return { file, size: await file.size(), isPacked: await isGzipFile(file) };
  };
  const found = await Promise.all(
    pairs.map(async (pair) => pair && { images: await open(pair.images), labels: await open(pair.labels) }),
  );
  const bytes = found.reduce((sum, pair) => sum + (pair?.images.size ?? 0), 0);
  if (!isStreamed(context, bytes)) return undefined;
  if (found.some((pair) => pair?.images.isPacked)) {
    expectNoStreaming(context, "readIdx", "files packed with gzip");
    return undefined;
  }
  const arrays: { images: ArrayFile; labels: ArrayFile }[] = [];
  for (const pair of found) {
    if (pair === undefined) continue;
    const { labels, images } = pair;
    arrays.push({ images: await idxArray(images.file), labels: await idxArray(labels.file) });
  }
  const parts = await streamedArrays(arrays, context, 8);
  let taken = 0;
  return parts && found.map((pair) => (pair === undefined ? undefined : parts[taken++]));
}

/** The array in an IDX file of bytes. */
async function idxArray(file: DataFile): Promise<ArrayFile> {
  const who = `readIdx ${JSON.stringify(file.name)}`;
  const { dims: shape, headerBytes: begin } = parseHeader(who, await file.start(IDX_START), Number.MAX_SAFE_INTEGER);
  const place = { who, type: "uint8", littleEndian: true, shape, begin } as const;
  const read = async () => ({ ...place, bytes: (await readIdx({ name: file.name, bytes: await file.bytes() })).data });
  return { name: file.name, who, shape, type: "uint8", read, rows: () => rowReader(file, place) };
}

/** Bytes that hold any header. */
const IDX_START = 20;
