/**
 * The images that the words after `predict MODEL` name: pictures, files of images, and all pictures in folders and archives.
 *
 * @module
 */

import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { allowedBytes } from "../../data/expansion.ts";
import { readIdxImages } from "../../data/idx.ts";
import { modelPicture, type PictureModel, type Preparation } from "../../data/model-picture.ts";
import { isPictureName, MAX_PICTURE_BYTES, pictureFormat } from "../../data/picture-format.ts";
import type { Pixels } from "../../data/pixels.ts";
import { compareText } from "../../data/read/class-folders.ts";
import { type DataFile, isGzipFile, unpackedFile } from "../../data/read/data-file.ts";
import { labelsIn } from "../../data/read/label-sets.ts";
import { LeftOut } from "../../data/read/left-out.ts";
import { sortByLists } from "../../data/read/listed-pictures.ts";
import { pixelsFor } from "../../data/read/picture.ts";
import { isPictureList, LIST_START } from "../../data/read/picture-list.ts";
import { isTar, readTar } from "../../data/read/tar.ts";
import { isZip, readZip } from "../../data/read/zip.ts";
import { InputRangeError } from "../../errors.ts";
import { openDataFiles } from "../../node/data-files.ts";
import { readFileBounded } from "../../node/files.ts";
import { decodeImage } from "../../node/image.ts";
import { dimensions } from "../format.ts";

/** An image to classify. */
export interface Subject {
  /** Its name for people and programs: the path of its file, also within an archive. */
  readonly path: string;
  /** Index of the image in a file that holds several. */
  readonly index?: number;
  /** True for one whose own file was named, false for one of many in a folder or an archive. */
  readonly isNamed: boolean;
  /** The class by its folders' names, or its class or labels by a list, where the model knows them; labels as `joined` writes them. */
  readonly truth?: string | undefined;
  /** @throws if the picture cannot be read, or the model cannot take it */
  pixels(): Promise<Pixels>;
}

/** All images that one word names. */
export interface Source {
  /** Number of the images; undefined for files of images, which are counted as they are read. */
  readonly count: number | undefined;
  /** True for a folder, an archive, a list or a pattern. */
  readonly isMany: boolean;
  /** True if a class is known of some. */
  readonly hasTruth: boolean;
  /** Files beside them that are no pictures. */
  readonly others: number;
  subjects(): AsyncIterable<Subject> | Iterable<Subject>;
}

/** The model that images are prepared for, and the way. */
export interface Request {
  readonly model: PictureModel;
  readonly prepare: Preparation;
  /** Most images that are taken of a file that holds several. */
  readonly limit: number | undefined;
  /** True for a model of any number of labels. */
  readonly haveLabels: boolean;
}

/** Labels as one text, in the model's order. */
export function joined(labels: readonly string[], classNames: readonly string[] = []): string {
  return [...labels].sort((a, b) => classNames.indexOf(a) - classNames.indexOf(b)).join(";");
}

/** Enough of a file to tell its kind. */
const START_BYTES = 512;

const GLOB = /[*?[\]{}]/;

/**
 * The images that a word names: a path, or a pattern where there is no such file.
 *
 * @throws FileError, RangeError if a folder, an archive or a pattern has no pictures, or cannot be read
 */
export async function sourceOf(word: string, request: Request): Promise<Source> {
  const info = await stat(word).catch(() => undefined);
  if (info === undefined && GLOB.test(word)) return many(word, await matching(word), request);
  if (info?.isDirectory()) {
    const own = basename(resolve(word)).length;
    const files = (await openDataFiles(word)).map((file) => ({ file, path: join(word, file.name.slice(own + 1)) }));
    return many(word, files, request);
  }
  if (info === undefined || info.isFIFO()) return named(word, request);
  const [packed] = await openDataFiles(word);
  const file = (await isGzipFile(packed)) ? unpackedFile(packed) : packed;
  const start = await file.start(START_BYTES);
  if (await isPictureList(await file.start(LIST_START), true)) return listed(word, file, request);
  if (!isZip(start) && !isTar(start))
    return start[0] === 0 && start[1] === 0 ? fileOfImages(word, request) : named(word, request);
  const inside = isZip(start) ? await readZip(file) : await readTar(file, new LeftOut({ skipBroken: true }));
  return many(
    word,
    inside.map((each) => ({ file: each, path: `${word}/${each.name}` })),
    request,
  );
}

/** Files that a pattern matches, in the order of their names. */
async function matching(pattern: string): Promise<readonly Found[]> {
  const { glob } = await import("tinyglobby");
  const paths = (await glob(pattern.replaceAll("\\", "/"), { expandDirectories: false, dot: false })).sort();
  const opened = await Promise.all(paths.map((path) => openDataFiles(path)));
  return opened.flatMap((files, i) => files.map((file) => ({ file, path: paths[i] })));
}

/** One picture. */
function named(path: string, request: Request): Source {
  const pixels = async () => prepared(path, await readFileBounded(path, MAX_PICTURE_BYTES), undefined, request);
  return { count: 1, isMany: false, hasTruth: false, others: 0, subjects: () => [{ path, isNamed: true, pixels }] };
}

interface Found {
  readonly file: DataFile;
  readonly path: string;
  /** The labels that a list says; default: its folders. */
  readonly labels?: readonly string[];
}

/** The pictures that a list names, of all parts. */
async function listed(word: string, list: DataFile, request: Request): Promise<Source> {
  const settings = { leftOut: new LeftOut({ skipBroken: undefined }), multiLabel: request.haveLabels || undefined };
  const { train, test, validation, haveSeveral } = await sortByLists([list], [], settings);
  const all = [...train, ...validation, ...test];
  return many(
    word,
    all.map(({ file, className }) => ({
      file,
      path: file.name,
      labels: haveSeveral ? labelsIn(className) : [className],
    })),
    request,
  );
}

/** All pictures among some files. */
async function many(word: string, files: readonly Found[], request: Request): Promise<Source> {
  const isHidden = ({ file }: Found) =>
    file.name.split("/").some((part) => part === "__MACOSX" || /^\.[^.]/.test(part));
  const visible = files.filter((found) => !isHidden(found));
  const pictures: Found[] = [];
  for (const found of visible) if (await isPicture(found.file)) pictures.push(found);
  pictures.sort((a, b) => compareText(a.path, b.path));
  if (pictures.length === 0) {
    const got = files.length === 0 ? "no files" : `${files.length} other files`;
    throw new InputRangeError(JSON.stringify(word), "pictures", got, "missing");
  }
  const names = request.model.classNames?.map((name) => name.normalize("NFC"));
  const classes = new Set(names);
  const subjects = pictures.map(({ file, path, labels }): Subject => {
    const outer = (GLOB.test(word) ? path : file.name).split("/").slice(0, -1);
    const folders = outer.map((name) => name.normalize("NFC")).reverse();
    const own = labels ?? [folders.find((name) => classes.has(name))].filter((name) => name !== undefined);
    const isKnown = own.every((name) => classes.has(name)) && (labels !== undefined || own.length > 0);
    const truth = isKnown ? joined(own, names) : undefined;
    return { path, isNamed: false, truth, pixels: () => pixelsIn(file, path, request) };
  });
  return {
    count: subjects.length,
    isMany: true,
    hasTruth: subjects.some(({ truth }) => truth !== undefined),
    others: visible.length - pictures.length,
    subjects: () => subjects,
  };
}

async function isPicture(file: DataFile): Promise<boolean> {
  if (isPictureName(file.name)) return true;
  // A file that cannot be read, and is not named as a picture, is none.
  const start = await file.start(START_BYTES).catch(() => new Uint8Array(0));
  return pictureFormat(start) !== undefined;
}

async function pixelsIn(file: DataFile, path: string, request: Request): Promise<Pixels> {
  const size = await file.size();
  if (size > MAX_PICTURE_BYTES) {
    const most = `a file of at most ${MAX_PICTURE_BYTES} bytes`;
    throw new InputRangeError(`image ${JSON.stringify(path)}`, most, `${size}`, "too-large");
  }
  return prepared(path, await file.bytes(), allowedBytes(await file.packed()), request);
}

async function prepared(path: string, bytes: Uint8Array, maxBytes: number | undefined, { model, prepare }: Request) {
  const image = await decodeImage(bytes, path, { maxBytes });
  return modelPicture(`image ${JSON.stringify(path)}`, image, model, prepare);
}

/** The images of an IDX file, which is read when they are asked for. */
function fileOfImages(path: string, { model, limit }: Request): Source {
  const { shape, scaling } = model;
  async function* subjects(): AsyncGenerator<Subject, void, void> {
    const file = await readIdxImages({ name: path, bytes: await readFileBounded(path, MAX_PICTURE_BYTES) });
    if (file.shape.join() !== shape.join()) {
      const who = `predict ${JSON.stringify(path)}`;
      throw new InputRangeError(who, `images of ${dimensions(shape)}`, dimensions(file.shape), "shape-mismatch");
    }
    const size = file.images.length / file.length;
    const images = pixelsFor({ images: file.images, depth: 8 }, scaling);
    for (let index = 0; index < Math.min(file.length, limit ?? file.length); index++) {
      const pixels = images.subarray(index * size, (index + 1) * size);
      yield { path, index, isNamed: true, pixels: async () => pixels };
    }
  }
  return { count: undefined, isMany: false, hasTruth: false, others: 0, subjects };
}
