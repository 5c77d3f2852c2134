import type { PictureParts } from "./class-pictures.ts";
import type { DataFile } from "./data-file.ts";
import type { LeftOutGroups } from "./left-out.ts";
import type { ReadContext } from "./options.ts";

/** The result of reading pictures: their pixels before they are scaled, and all that was left out. */
export interface PictureReading {
  readonly found: PictureParts;
  readonly leftOut: LeftOutGroups;
}

/** A store of pictures that were read, so that the same ones need not be decoded again. */
export interface PictureCache {
  /** The earlier result for these files, settings, and files left out so far; undefined where there is none. */
  find(files: readonly DataFile[], context: ReadContext): Promise<PictureReading | undefined>;
  /** Keeps the result for what {@link find} was asked for last, and for other settings with which it is the same. */
  keep(reading: PictureReading, alike: PictureParts["alike"]): Promise<void>;
}

/** Pictures from the cache, else as `read` reads them, which the cache then keeps. */
export async function throughCache(
  cache: PictureCache | undefined,
  files: readonly DataFile[],
  context: ReadContext,
  read: () => Promise<PictureParts>,
): Promise<PictureParts & { readonly cached?: true }> {
  const { decodeImage, leftOut } = context;
  // The pixels that a caller's decoder gives are not known here.
  if (cache === undefined || decodeImage !== undefined) return read();
  const kept = await cache.find(files, context);
  if (kept !== undefined) {
    leftOut.groups = kept.leftOut;
    return { ...kept.found, cached: true };
  }
  const found = await read();
  await cache.keep({ found, leftOut: leftOut.groups }, found.alike ?? []);
  return found;
}
