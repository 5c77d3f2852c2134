import { findIdxNames, type IdxPairFiles, readIdxTrainTest } from "../mnist.ts";
import type { DataFile } from "./data-file.ts";
import type { Parts } from "./parts.ts";

/**
 * Reads IDX files with the names that MNIST and its relatives have.
 *
 * @throws RangeError if there is no pair of images and labels, or a file is wrong
 */
export async function readIdxFiles(files: readonly DataFile[]): Promise<Parts> {
  const byName = new Map(files.map((file) => [file.name.split("/").at(-1) ?? "", file]));
  const names = findIdxNames([...byName.keys()]);
  const pair = async (part: "train" | "test"): Promise<IdxPairFiles | undefined> => {
    const found = names[part];
    const images = found && byName.get(found.images);
    const labels = found && byName.get(found.labels);
    if (images === undefined || labels === undefined) return undefined;
    return {
      images: { name: images.name, bytes: await images.bytes() },
      labels: { name: labels.name, bytes: await labels.bytes() },
    };
  };
  const [train, test] = [await pair("train"), await pair("test")];
  const first = train ?? test;
  if (first === undefined) {
    const wanted = "train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz";
    const got = files.map(({ name }) => name).slice(0, 4);
    throw new RangeError(`readIdx: expected ${wanted}, got ${JSON.stringify(got)}`);
  }
  const data = await readIdxTrainTest(first, train && test);
  const part = ({ shape, images, labels }: typeof data.train) => ({
    shape,
    images,
    labels: labels ?? new Uint8Array(0),
  });
  const second = data.test && part(data.test);
  return train === undefined ? { train: undefined, test: part(data.train) } : { train: part(data.train), test: second };
}
