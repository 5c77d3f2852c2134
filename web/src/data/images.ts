import type { DataFileInput, ReadSettings, RemoteDataset, RemoteReadData, Session } from "convasm";
import { plural, shape } from "../ui/format.ts";
import { reasonOf } from "../ui/messages.ts";

/** Files with images, and how they are read. */
interface Files {
  readonly files: readonly DataFileInput[];
  readonly settings: ReadSettings;
}

/** Source of images, so that they can be loaded again after the worker was lost. */
export type ImageSource = (
  | { readonly kind: "digits"; readonly train: number; readonly test: number }
  | (Files & { readonly kind: "files" })
) & {
  /** Images to test on, in place of those that came with the others; their scaling is that of a model, or of the others. */
  readonly tested?: Files;
};

/** Files hold images to test on, and none to train on. */
export class OnlyTestImages extends RangeError {}

/** Images in the worker. */
export interface LoadedImages {
  readonly source: ImageSource;
  /** For people, such as "Generated digits". */
  readonly title: string;
  readonly train: RemoteDataset;
  /** Held out: for the confusion matrix and the galleries, and for validation where there is no part of its own for that. */
  readonly test: RemoteDataset;
  /** The part for validation, of pictures in folders that say so. */
  readonly validation?: RemoteDataset | undefined;
  readonly notes: readonly string[];
  /** The way in which images are held out; undefined where their order decides, as of IDX files. */
  readonly draw: "classes" | undefined;
}

export type Progress = (done: number, total: number | undefined) => void;

/** The command line's digits: the same seed, and those to test on as far along. */
const DIGITS_SEED = 0;
const DIGITS_TEST_START = 100_000_000;

/** Share of each class that is held out, for files without images to test on. */
const HELD_OUT = 0.15;

/** Draws or reads images in the worker. */
export async function loadImages(session: Session, source: ImageSource, onProgress: Progress): Promise<LoadedImages> {
  const loaded = await (source.kind === "files" ? readFiles(session, source, onProgress) : drawDigits(session, source));
  return source.tested === undefined ? loaded : testedOn(session, loaded, source.tested, onProgress);
}

async function drawDigits(session: Session, source: Extract<ImageSource, { kind: "digits" }>): Promise<LoadedImages> {
  const train = await session.digits({ count: source.train, seed: DIGITS_SEED });
  const test = await session.digits({ count: source.test, seed: DIGITS_SEED, start: DIGITS_TEST_START });
  return { source, title: "Generated digits", train, test, notes: [], draw: undefined };
}

async function readFiles(
  session: Session,
  source: Extract<ImageSource, { kind: "files" }>,
  onProgress: Progress,
): Promise<LoadedImages> {
  const { files, settings } = source;
  // The scaling is known if a run goes on.
  const usual = settings.scaling === undefined ? { stretch: true } : {};
  const read = (more: ReadSettings): Promise<RemoteReadData> =>
    session.readData(files, { ...usual, ...settings, ...more, onProgress });
  let data = await read({});
  const notes: string[] = [];
  if (data.train === undefined) {
    await free(data);
    throw new OnlyTestImages("There are only images to test on in these files. Drop those to train on with them.");
  }
  if (data.test === undefined) {
    await free(data);
    data = await read({ split: HELD_OUT });
    notes.push(`No images to test on in the files: ${HELD_OUT * 100} % of each class were held out.`);
  }
  const { train, test, validation, format } = data;
  if (train === undefined || test === undefined)
    throw new RangeError("The files hold too few images to hold some out.");
  if ((await train.images([0])).labels === undefined) {
    await free(data);
    throw new RangeError(
      "These pictures have several labels each, which the page does not train on; `convasm train` with the list does.",
    );
  }
  const draw = format === "IDX" ? undefined : "classes";
  return { source, title: titleOf(files, format), train, test, validation, notes: [...data.notes, ...notes], draw };
}

/** The images to train on, with those of other files to test on. */
async function testedOn(
  session: Session,
  loaded: LoadedImages,
  { files, settings }: Files,
  onProgress: Progress,
): Promise<LoadedImages> {
  const { test, notes } = await session.readData(files, { ...settings, onProgress });
  if (test === undefined || test.shape.join() !== loaded.train.shape.join()) {
    await free(loaded);
    await test?.dispose();
    const got = test === undefined ? "none" : shape(test.shape);
    throw new RangeError(`Expected images to test on of ${shape(loaded.train.shape)}, got ${got}.`);
  }
  await free({ test: loaded.test });
  const note = `Tested on the images of ${files[0].name}, read as those that the network learned from.`;
  return { ...loaded, test, notes: [...loaded.notes, note, ...notes] };
}

/** Frees what is not looked at again; a worker that is gone has freed it already. */
async function free(images: Pick<Partial<RemoteReadData>, "train" | "test" | "validation">): Promise<void> {
  const { train, test, validation } = images;
  await Promise.all([train?.dispose(), test?.dispose(), validation?.dispose()]).catch(reasonOf);
}

export { free as disposeImages };

function titleOf(files: readonly DataFileInput[], format: string): string {
  const [first] = files;
  const name = first.name.split("/")[0];
  return files.length === 1
    ? `${name} (${format})`
    : first.name.includes("/")
      ? `${name}, a folder (${format})`
      : `${files.length} files (${format})`;
}

/** The numbers of images and classes in one line. */
export function imagesLine({ train, test, validation }: Pick<LoadedImages, "train" | "test" | "validation">): string {
  const isOwn = validation !== undefined && validation !== test;
  const parts = [
    `${plural(train.length, "image")} to train on`,
    ...(isOwn ? [`${plural(validation.length, "image")} for validation`] : []),
    `${plural(test.length, "image")} to test on`,
  ];
  return `${parts.join(", ")}; ${shape(train.shape)}, ${train.classes} classes`;
}
