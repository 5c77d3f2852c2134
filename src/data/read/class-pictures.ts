/**
 * Pictures by class, as folders or lists say: their pixels and labels in memory, or as parts that decode them when they are needed.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import { flagAndKey } from "../../options/names.ts";
import { listOf, placesOf } from "../classes.ts";
import { allowedBytes } from "../expansion.ts";
import { inBytes, type RasterImage, type ResizedSamples } from "../image.ts";
import { decodePicture } from "../picture-decoder.ts";
import type { PictureFit } from "../picture-fit.ts";
import { MAX_PICTURE_BYTES, pictureFormat } from "../picture-format.ts";
import type { PictureSize } from "../picture-size.ts";
import { shapedSamples } from "../shaped-samples.ts";
import { narrowed } from "./array-images.ts";
import { type ClassFolders, type ClassPicture, compareText } from "./class-folders.ts";
import { labelSetsOf } from "./label-sets.ts";
import type { ReadContext } from "./options.ts";
import type { Part, Parts } from "./parts.ts";
import { chooseSize, type PictureFacts, PictureSurvey } from "./picture-facts.ts";
import { faultOf, hasColours } from "./picture-rows.ts";
import { PictureStore } from "./picture-store.ts";
import type { ReadSettings } from "./settings.ts";
import type { StreamedParts } from "./streamed-parts.ts";
import { expectSize, streamedPictures } from "./streamed-pictures.ts";

const MAX_CLASSES = 65_536;

/** Result of {@link readPictures}: parts, what pictures there are, and notes of those that were left out. */
export interface PictureParts extends Parts {
  readonly pictures: PictureFacts | undefined;
  readonly notes: readonly string[];
  /** The parts in place of the others, where pictures are decoded when they are needed. */
  readonly streamed?: StreamedParts;
  /** Settings with which the same comes of the same pictures. */
  readonly alike?: readonly Pick<ReadSettings, "size" | "channels">[];
}

/**
 * Reads pictures of classes: see `class-folders.ts` and `listed-pictures.ts` for how these are told.
 *
 * Pictures that cannot be read are left out or an error, as `skipBroken` says. A class of the training without a picture that can be
 * read is an error in any case.
 *
 * Pictures for validation are those to test on, too, where there are no others.
 *
 * @throws RangeError if pictures differ in size while no `size` is given, or some cannot be read
 */
export async function readPictures(sorted: ClassFolders, context: ReadContext): Promise<PictureParts> {
  const { train, test, validation, notes } = sorted;
  const several = sorted.haveSeveral ? labelSetsOf(sorted, inOrder) : undefined;
  const names = several?.setNames ?? classNamesOf(train.length > 0 ? train : test);
  const classes = { classNames: several?.classNames ?? names, ...(several && { labelSets: several.labelSets }) };
  if (names.length > MAX_CLASSES)
    throw new InputRangeError("readImages", `at most ${MAX_CLASSES} classes`, `${names.length}`, "too-large");
  const all = [train, test, validation];
  const total = train.length + test.length + validation.length;
  context.leftOut.countFiles(total);
  const auto = context.size === "auto" ? await chooseSize(all.flat()) : undefined;
  const size = context.size === "auto" ? auto : context.size;
  if (context.streaming) return streamedParts({ train, test, validation, names, classes, notes }, size, context);
  const gallery = new Gallery(context, size);
  const read: (ReadPictures | undefined)[] = [];
  let done = 0;
  for (const pictures of all) {
    const places = placesOfClasses(pictures, names);
    read.push(await readPart({ pictures, places, done, total }, gallery, context));
    done += pictures.length;
  }
  const [trained, tested, validated] = read.map((part) => part?.part(gallery.channels));
  const parts = { train: trained, test: tested ?? validated, ...(validated && { validation: validated }) };
  if (train.length > 0) checkClasses(train, names, classes, trained);
  else checkClasses(test.length > 0 ? test : validation, names, classes, parts.test);
  const { facts, alike } = gallery;
  const depths = read.map((part) => part?.note).filter((note) => note !== undefined);
  return { ...parts, ...classes, pictures: facts, notes: [...notes, ...depths], alike };
}

/** Pictures by part, and what is known of them beforehand. */
interface SortedPictures extends ClassFolders {
  /** Names of the pictures' classes, or of their sets of labels. */
  readonly names: readonly string[];
  readonly classes: Classes;
}

/** The classes that data sets tell. */
type Classes = Pick<Parts, "labelSets"> & { readonly classNames: readonly string[] };

/** The same where pictures are decoded when they are needed. */
async function streamedParts(
  { train, test, validation, names, classes, notes }: SortedPictures,
  size: PictureSize | undefined,
  context: ReadContext,
): Promise<PictureParts> {
  const requests = [train, test, validation].map((pictures) => ({
    pictures,
    places: placesOfClasses(pictures, names),
  }));
  const { parts, facts } = await streamedPictures(requests, size, context);
  const [trained, tested, validated] = parts;
  if (train.length > 0) checkClasses(train, names, classes, trained);
  else checkClasses(test.length > 0 ? test : validation, names, classes, tested ?? validated);
  const own = { train: trained, test: tested ?? validated, ...(validated && { validation: validated }) };
  return { train: undefined, test: undefined, pictures: facts, notes, streamed: { ...own, ...classes } };
}

/** The note on pictures that were brought to a size which nobody said; undefined where there is nothing to say. */
export function sizeNote(facts: PictureFacts | undefined, { size, fit }: ReadContext): string | undefined {
  return size === "auto" ? chosenSizeNote(facts, fit) : undefined;
}

/** Past participles of the ways to bring pictures to a size. */
const FITTED = { stretch: "stretched", crop: "cropped", contain: "scaled" } as const;

function chosenSizeNote(facts: PictureFacts | undefined, fit: PictureFit = "stretch"): string | undefined {
  if (facts === undefined || facts.largest.join() === facts.size.join()) return undefined;
  const words = (size: PictureSize) => size.join(" x ");
  const { smallest, median, largest, size } = facts;
  const own =
    facts.sizes === 1 ? words(largest) : `${words(smallest)} to ${words(largest)}, in the middle ${words(median)}`;
  return `the pictures (${own}) are ${FITTED[fit]} to ${words(size)}; ${flagAndKey("size")} says another size`;
}

function classNamesOf(pictures: readonly ClassPicture[]): string[] {
  return inOrder([...new Set(pictures.map(({ className }) => className))]);
}

/** Names of classes in order; numbers by size. */
function inOrder(names: readonly string[]): string[] {
  const areNumbers = names.every((name) => /^\d{1,9}$/.test(name));
  return [...names].sort((a, b) => (areNumbers ? Number(a) - Number(b) || compareText(a, b) : compareText(a, b)));
}

/** Brings pictures to one size, and finds out if any has colours. */
class Gallery {
  /** Channels of all pictures so far: 1 until one with colours comes, unless given. */
  channels: 1 | 3;
  readonly #options: ReadContext;
  readonly #wanted: PictureSize | undefined;
  readonly #survey = new PictureSurvey();
  #channelsOfFirst: 1 | 3 | undefined;
  #first: { readonly name: string; readonly size: PictureSize } | undefined;

  /** @param size height and width for all; undefined where they have to have one size */
  constructor(options: ReadContext, size: PictureSize | undefined) {
    this.#options = options;
    this.#wanted = size;
    this.channels = options.channels ?? 1;
  }

  /** Height and width, known from the first picture on. */
  get size(): readonly [height: number, width: number] {
    return this.#wanted ?? this.#first?.size ?? [0, 0];
  }

  /** Sizes and kinds of the pictures so far; undefined where there are none. */
  get facts(): PictureFacts | undefined {
    return this.#survey.facts(this.size);
  }

  /** Settings that say at once what was found out, where all pictures were resized in the same way with them. */
  get alike(): readonly Pick<ReadSettings, "size" | "channels">[] {
    const { size, channels } = this;
    const { channels: given } = this.#options;
    return this.#channelsOfFirst === channels
      ? [
          { size, channels: given },
          { size, channels },
        ]
      : [{ size, channels: given }];
  }

  /** @returns undefined for a picture that cannot be read and is left out */
  async read({ file }: ClassPicture): Promise<ResizedSamples | undefined> {
    const { leftOut, maxExpansion, decodeImage: decode = decodePicture, stretch } = this.#options;
    const { name } = file;
    const bytes = await leftOut.attempt("unreadable", name, async () => {
      const size = await file.size();
      if (size <= MAX_PICTURE_BYTES) return file.bytes();
      throw new InputRangeError(
        `readImages ${JSON.stringify(name)}`,
        `at most ${MAX_PICTURE_BYTES} bytes`,
        `${size}`,
        "too-large",
      );
    });
    if (bytes === undefined) return undefined;
    const maxBytes = allowedBytes(await file.packed(), maxExpansion);
    const image = await leftOut.attempt(faultOf(bytes), name, () => decode(bytes, name, { maxBytes }));
    if (image === undefined) return undefined;
    this.#survey.add([image.height, image.width], pictureFormat(bytes) ?? "other");
    return this.#fitted(stretch === "former" ? inBytes(image) : image, name);
  }

  #fitted(image: RasterImage, name: string): ResizedSamples {
    const { width, height } = image;
    this.#first ??= { name, size: [height, width] };
    if (this.#wanted === undefined) expectSize(this.#first, name, [height, width]);
    if (this.#options.channels === undefined && this.channels === 1 && hasColours(image)) this.channels = 3;
    this.#channelsOfFirst ??= this.channels;
    const { fit } = this.#options;
    return shapedSamples(image, ...this.size, this.channels, fit);
  }
}

/** Pictures that are to be read as one part of the data. */
interface Request {
  readonly pictures: readonly ClassPicture[];
  /** The place of each one's class. */
  readonly places: readonly number[];
  /** The number that is read before, and the number in all. */
  readonly done: number;
  readonly total: number;
}

/** The pictures of a part, to be asked for once all parts are known to be grey or in colours. */
interface ReadPictures {
  readonly note: string | undefined;
  part(channels: 1 | 3): Part;
}

/** Pictures of one part, as far as they can be read; undefined if none can. */
async function readPart(
  { pictures, places, done, total }: Request,
  gallery: Gallery,
  { signal, onProgress }: ReadContext,
): Promise<ReadPictures | undefined> {
  const labels = new Uint16Array(pictures.length);
  const store = new PictureStore(pictures.length);
  for (const [i, picture] of pictures.entries()) {
    signal?.throwIfAborted();
    const samples = await gallery.read(picture);
    onProgress?.(done + i + 1, total);
    if (samples === undefined) continue;
    labels[store.length] = places[i];
    store.add(samples, [...gallery.size, gallery.channels]);
  }
  if (store.length === 0) return undefined;
  return {
    note: store.note,
    part: (channels) => ({
      ...store.take(channels),
      shape: [...gallery.size, channels],
      labels: narrowed(labels.subarray(0, store.length)),
    }),
  };
}

/** The place of each picture's class among those of the training. */
function placesOfClasses(pictures: readonly ClassPicture[], names: readonly string[]): number[] {
  const classNames = pictures.map(({ className }) => className);
  const places = placesOf(classNames, names, "readImages", "the training");
  const stray = places.indexOf(-1);
  if (stray < 0) return places;
  const { file, className } = pictures[stray];
  const expected = `a class of the training (${listOf(names)})`;
  throw new InputRangeError(`readImages ${JSON.stringify(file.name)}`, expected, listOf([className]), "unknown-name");
}

/** @throws RangeError if there is a class whose pictures were all left out */
function checkClasses(
  pictures: readonly ClassPicture[],
  names: readonly string[],
  { classNames, labelSets }: Classes,
  part: Pick<Part, "labels"> | undefined,
): void {
  const classesOf = (name: number) => labelSets?.[name] ?? [name];
  const found = new Set<number>([...(part?.labels ?? [])].flatMap(classesOf));
  const empty = classNames.findIndex((_, i) => !found.has(i));
  if (empty < 0) return;
  const own = pictures.filter(({ className }) => classesOf(names.indexOf(className)).includes(empty));
  const example = JSON.stringify(own[0]?.file.name);
  throw new InputRangeError(
    "readImages",
    `a picture that can be read in class ${JSON.stringify(classNames[empty])}`,
    `none of ${own.length} (${example})`,
    "damaged-file",
  );
}
