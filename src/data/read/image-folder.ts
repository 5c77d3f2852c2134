/**
 * Folders of PNG or JPEG pictures, one folder per class: `cat/1.png`, or `train/cat/1.png` and `test/cat/2.png`.
 *
 * @module
 */

import type { ImageShape } from "../dataset.ts";
import { allowedBytes } from "../expansion.ts";
import { type RasterImage, resizeImage } from "../image.ts";
import { checkJpeg, isJpeg } from "../jpeg-header.ts";
import { decodePng, isPng } from "../png.ts";
import { narrowed } from "./array-images.ts";
import type { DataFile } from "./data-file.ts";
import type { ReadDataOptions } from "./options.ts";
import type { Part, Parts } from "./parts.ts";

/** Larger pictures are refused by their header. */
const MAX_PIXELS = 100_000_000;

const MAX_FILE_BYTES = 256 * 2 ** 20;

/** The most pixel values of a data set, so that a Uint8Array holds them. */
const MAX_VALUES = 2 ** 31 - 1;

const MAX_CLASSES = 65_536;

const PARTS: Readonly<Record<string, "train" | "test" | "validation">> = {
  train: "train",
  training: "train",
  test: "test",
  testing: "test",
  val: "validation",
  valid: "validation",
  validation: "validation",
};

/** Whether a name is one of a PNG or JPEG picture. */
export function isPictureName(name: string): boolean {
  return /\.(png|jpe?g)$/i.test(name);
}

/** Whether the bytes start as a PNG or JPEG file does. */
export function isPicture(bytes: Uint8Array): boolean {
  return isPng(bytes) || isJpeg(bytes);
}

interface Picture {
  readonly file: DataFile;
  readonly folder: string;
}

/** What {@link readImageFolder} gives: parts, and what it left out. */
export interface FolderParts extends Parts {
  readonly notes: readonly string[];
}

/**
 * Reads pictures whose folders are their classes. Folders `train` and `test` around those are recognised.
 *
 * @throws RangeError if there are no such folders, pictures differ in size while no `size` is given, or one is broken
 */
export async function readImageFolder(files: readonly DataFile[], options: ReadDataOptions): Promise<FolderParts> {
  const { parts, notes } = sortOut(files);
  const { train = [], test = [] } = parts;
  const some = train.length > 0 ? train : test;
  const names = classNamesOf(some);
  if (names.length > MAX_CLASSES)
    throw new RangeError(`readImages: expected at most ${MAX_CLASSES} classes, got ${names.length}`);
  const stray = test.find(({ folder }) => !names.includes(folder));
  if (stray !== undefined) {
    const wanted = names.slice(0, 8).join(", ");
    throw new RangeError(
      `readImages ${JSON.stringify(stray.file.name)}: expected a class of the training (${wanted}), got another`,
    );
  }
  const gallery = new Gallery(options);
  const total = train.length + test.length;
  const read = async (pictures: readonly Picture[], done: number) =>
    pictures.length === 0 ? undefined : readPictures(pictures, names, gallery, options, done, total);
  const first = await read(train, 0);
  const second = await read(test, train.length);
  const { channels } = gallery;
  return { train: first?.(channels), test: second?.(channels), classNames: names, notes };
}

/** Which pictures belong to which part and class. */
function sortOut(files: readonly DataFile[]) {
  const notes: string[] = [];
  const found = new Map<string, Picture[]>();
  for (const file of [...files].sort((a, b) => compare(a.name, b.name))) {
    const words = file.name.split("/");
    const folder = words.at(-2);
    if (folder === undefined) {
      throw new RangeError(
        `readImages ${JSON.stringify(file.name)}: expected pictures in a folder per class, got one in none`,
      );
    }
    const above = words.slice(0, -2).map((word) => word.toLowerCase());
    const part =
      above.map((word) => (Object.hasOwn(PARTS, word) ? PARTS[word] : undefined)).find((known) => known) ?? "none";
    const list = found.get(part) ?? [];
    list.push({ file, folder });
    found.set(part, list);
  }
  const [none, train, test, validation] = ["none", "train", "test", "validation"].map((part) => found.get(part));
  if (none !== undefined && found.size > 1) {
    const name = JSON.stringify(none[0].file.name);
    throw new RangeError(`readImages ${name}: expected pictures either in train and test folders or in none, got both`);
  }
  if (validation !== undefined) {
    notes.push(
      test === undefined
        ? "the pictures of validation are those to test on"
        : `${validation.length} pictures of validation are not used`,
    );
  }
  return { parts: { train: none ?? train, test: test ?? validation }, notes };
}

/** Names in order of their characters' codes, the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The folders' names in order; numbers by size. */
function classNamesOf(pictures: readonly Picture[]): string[] {
  const names = [...new Set(pictures.map(({ folder }) => folder))];
  const areNumbers = names.every((name) => /^\d{1,9}$/.test(name));
  return names.sort((a, b) => (areNumbers ? Number(a) - Number(b) || compare(a, b) : compare(a, b)));
}

/** Brings pictures to one size, and finds out whether any has colours. */
class Gallery {
  /** Of all pictures so far; 1 until one with colours comes, unless told. */
  channels: 1 | 3;
  readonly #options: ReadDataOptions;
  #first: { readonly name: string; readonly width: number; readonly height: number } | undefined;

  constructor(options: ReadDataOptions) {
    this.#options = options;
    this.channels = options.channels ?? 1;
  }

  /** Height and width, known from the first picture on. */
  get size(): readonly [height: number, width: number] {
    return this.#options.size ?? [this.#first?.height ?? 0, this.#first?.width ?? 0];
  }

  async read({ file }: Picture): Promise<Uint8Array> {
    const size = await file.size();
    if (size > MAX_FILE_BYTES) {
      throw new RangeError(
        `readImages ${JSON.stringify(file.name)}: expected at most ${MAX_FILE_BYTES} bytes, got ${size}`,
      );
    }
    const decode = this.#options.decodeImage ?? decodeHere;
    const maxBytes = allowedBytes(await file.packed(), this.#options.maxExpansion);
    const image = await decode(await file.bytes(), file.name, { maxBytes });
    const { width, height } = image;
    this.#first ??= { name: file.name, width, height };
    const { name } = this.#first;
    if (this.#options.size === undefined && (width !== this.#first.width || height !== this.#first.height)) {
      const got = `${JSON.stringify(name)} of ${this.#first.height} x ${this.#first.width} and ${JSON.stringify(file.name)} of ${height} x ${width}`;
      throw new RangeError(`readImages: expected pictures of one size, got ${got}; --size (size) makes them equal`);
    }
    if (this.#options.channels === undefined && this.channels === 1 && hasColours(image)) this.channels = 3;
    return resizeImage(image, this.size[0], this.size[1], this.channels);
  }
}

function hasColours({ channels, data }: RasterImage): boolean {
  if (channels < 3) return false;
  for (let i = 0; i < data.length; i += channels) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return true;
  return false;
}

async function readPictures(
  pictures: readonly Picture[],
  names: readonly string[],
  gallery: Gallery,
  { signal, onProgress }: ReadDataOptions,
  done: number,
  total: number,
): Promise<(channels: 1 | 3) => Part> {
  const labels = new Uint16Array(pictures.length);
  const classes = new Map(names.map((name, i) => [name, i]));
  let images: Uint8Array | undefined;
  let channels = gallery.channels;
  for (const [i, picture] of pictures.entries()) {
    signal?.throwIfAborted();
    const pixels = await gallery.read(picture);
    const [height, width] = gallery.size;
    if (images === undefined || channels !== gallery.channels) {
      const grey: Uint8Array | undefined = images;
      const values = pictures.length * height * width * gallery.channels;
      if (values > MAX_VALUES) {
        const got = `${pictures.length} of ${height} x ${width} x ${gallery.channels}`;
        throw new RangeError(
          `readImages: expected at most ${MAX_VALUES} values, got ${got}; --size (size) makes them smaller`,
        );
      }
      channels = gallery.channels;
      images = grey === undefined ? new Uint8Array(values) : inColour(grey);
    }
    images.set(pixels, i * pixels.length);
    labels[i] = classes.get(picture.folder) ?? 0;
    onProgress?.(done + i + 1, total);
  }
  return (wanted) => {
    const shape: ImageShape = [...gallery.size, wanted];
    const all = images ?? new Uint8Array(0);
    return { shape, images: wanted === channels ? all : inColour(all), labels: narrowed(labels) };
  };
}

/** Grey pixels as red, green and blue. */
function inColour(grey: Uint8Array): Uint8Array {
  const colour = new Uint8Array(3 * grey.length);
  for (let i = 0; i < grey.length; i++) colour.fill(grey[i], 3 * i, 3 * i + 3);
  return colour;
}

/** PNG by the decoder of this library, JPEG by the browser's own. */
async function decodeHere(
  bytes: Uint8Array,
  name: string,
  { maxBytes }: { readonly maxBytes: number },
): Promise<RasterImage> {
  const limits = { maxPixels: MAX_PIXELS, maxBytes };
  if (isPng(bytes)) return decodePng(bytes, { ...limits, name });
  const who = `readImages ${JSON.stringify(name)}`;
  if (!isPicture(bytes)) throw new RangeError(`${who}: expected a PNG or JPEG picture, got something else`);
  checkJpeg(who, bytes, limits);
  if (typeof createImageBitmap === "undefined" || typeof OffscreenCanvas === "undefined") {
    throw new RangeError(`${who}: expected a decodeImage option for JPEG pictures outside of browsers, got none`);
  }
  const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)])).catch((cause: unknown) => {
    throw new RangeError(`${who}: expected a readable JPEG picture, got corrupt data`, { cause });
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d");
  if (context === null) throw new RangeError(`${who}: expected a canvas to decode it, got none`);
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { width, height, channels: 4, data: new Uint8Array(data.buffer) };
}
