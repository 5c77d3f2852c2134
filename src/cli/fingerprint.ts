import { createHash } from "node:crypto";
import { type AnyDataset, sliceDataset, takeDataset } from "../data/dataset.ts";
import { loadDataset } from "../data/load-dataset.ts";

/** Images of a streamed data set that its fingerprint is of, besides all labels. */
const SAMPLED_IMAGES = 64;

/** Stands before a fingerprint of some images. */
const SAMPLED = "sampled:";

/** Images of which a whole fingerprint is computed at once. */
const AT_ONCE = 256;

/**
 * A checksum that tells whether data is still the same: SHA-256 of pixels and labels; of a streamed data set, which is not read twice for
 * that, of its labels and of images from all over it.
 *
 * @param noted an earlier one, of which this is to be the same kind
 */
export async function fingerprint(data: AnyDataset, noted?: string | null): Promise<string> {
  const isSampled = typeof noted === "string" ? noted.startsWith(SAMPLED) : "read" in data;
  const hash = createHash("sha256");
  if (isSampled) {
    const count = Math.min(SAMPLED_IMAGES, data.length);
    const indices = Array.from({ length: count }, (_, i) => Math.floor((i * data.length) / count));
    const { images } = await loadDataset(takeDataset(data, indices));
    // The same of the same numbers, whether these are bytes or floats.
    hash.update(JSON.stringify([data.length, data.shape])).update(bytesOf(Float32Array.from(images)));
  } else if ("read" in data) {
    for (let begin = 0; begin < data.length; begin += AT_ONCE) {
      const part = sliceDataset(data, begin, Math.min(begin + AT_ONCE, data.length));
      hash.update(bytesOf((await loadDataset(part)).images));
    }
  } else hash.update(bytesOf(data.images));
  const answers = data.labels ?? data.targets;
  if (answers !== undefined) hash.update(bytesOf(answers));
  return `${isSampled ? SAMPLED : ""}${hash.digest("hex")}`;
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
