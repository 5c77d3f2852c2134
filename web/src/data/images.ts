import type { DataFileInput, ReadSettings, RemoteDataset, RemoteReadData, Session } from "convasm";
import { plural, shape } from "../ui/format.ts";
import { reasonOf } from "../ui/messages.ts";

/** Where images come from, so that they can be had again after the worker was lost. */
export type ImageSource =
  | { readonly kind: "digits"; readonly train: number; readonly test: number }
  | { readonly kind: "files"; readonly files: readonly DataFileInput[]; readonly settings: ReadSettings };

/** Images in the worker. */
export interface LoadedImages {
  readonly source: ImageSource;
  /** For people, such as "Generated digits". */
  readonly title: string;
  readonly train: RemoteDataset;
  /** Held out: for validation, the confusion matrix and the galleries. */
  readonly test: RemoteDataset;
  readonly notes: readonly string[];
  /** How images are held out; undefined where their order decides, as of IDX files. */
  readonly draw: "classes" | undefined;
}

export type Progress = (done: number, total: number | undefined) => void;

/** The command line's digits: the same seed, and those to test on as far along. */
const DIGITS_SEED = 0;
const DIGITS_TEST_START = 100_000_000;

/** Of files without images to test on, this share of each class is held out. */
const HELD_OUT = 0.15;

/** Draws or reads images in the worker. */
export async function loadImages(session: Session, source: ImageSource, onProgress: Progress): Promise<LoadedImages> {
  if (source.kind === "files") return readFiles(session, source, onProgress);
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
  const read = (more: ReadSettings): Promise<RemoteReadData> =>
    session.readData(files, { stretch: true, ...settings, ...more, onProgress });
  let data = await read({});
  const notes: string[] = [];
  if (data.train === undefined) {
    await free(data);
    throw new RangeError("There are only images to test on in these files. Drop those to train on with them.");
  }
  if (data.test === undefined) {
    await free(data);
    data = await read({ split: HELD_OUT });
    notes.push(`No images to test on in the files: ${HELD_OUT * 100} % of each class were held out.`);
  }
  const { train, test, format } = data;
  if (train === undefined || test === undefined)
    throw new RangeError("The files hold too few images to hold some out.");
  const draw = format === "IDX" ? undefined : "classes";
  return { source, title: titleOf(files, format), train, test, notes: [...data.notes, ...notes], draw };
}

/** Frees what is not looked at again; a worker that is gone has freed it already. */
async function free({
  train,
  test,
}: {
  train?: RemoteDataset | undefined;
  test?: RemoteDataset | undefined;
}): Promise<void> {
  await Promise.all([train?.dispose(), test?.dispose()]).catch(reasonOf);
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

/** In one line: how many of what. */
export function imagesLine({ train, test }: Pick<LoadedImages, "train" | "test">): string {
  return `${plural(train.length, "image")} to train on, ${plural(test.length, "image")} to test on; ${shape(train.shape)}, ${train.classes} classes`;
}
