/**
 * Decoded pictures in the user's cache folder, so that the second command on the same pictures starts at once.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { link, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { compareText } from "../data/read/class-folders.ts";
import type { PictureParts } from "../data/read/class-pictures.ts";
import type { DataFile } from "../data/read/data-file.ts";
import type { ReadContext } from "../data/read/options.ts";
import type { PictureCache, PictureReading } from "../data/read/picture-cache.ts";
import { reasonOf } from "../errors.ts";
import { cacheFolder } from "./cache-folder.ts";
import { type CacheLimits, MAX_CACHE_BYTES, MAX_CACHE_FILES, makeRoom } from "./cache-room.ts";
import { FileError } from "./file-error.ts";
import { readFileBounded, writeFileAtomic } from "./files.ts";
import { decodeKept, encodeKept } from "./kept-pictures.ts";

/** A new number for each change of the pixels that decoding and stretching give, so that earlier ones are not found. */
export const PICTURES_VERSION = 1;

const ENDING = ".pictures";

/**
 * A cache of decoded pictures in files, each under the SHA-256 of all that decides on its content: the settings, and of every picture
 * its name and its bytes, as they lie on the disk or in their archive. A file that is damaged counts as none. When there is no more room, those
 * go that were not used for the longest time. A cache that cannot be read or written is no error.
 */
export class PictureFiles implements PictureCache {
  readonly #folder: string;
  readonly #limits: Required<CacheLimits>;
  #asked: Asked | undefined;

  /** @param folder default: the folder `pictures` in the user's cache folder */
  constructor(
    folder = join(cacheFolder(), "pictures"),
    { maxBytes = MAX_CACHE_BYTES, maxFiles = MAX_CACHE_FILES }: CacheLimits = {},
  ) {
    this.#folder = folder;
    this.#limits = { maxBytes, maxFiles };
  }

  async find(files: readonly DataFile[], context: ReadContext): Promise<PictureReading | undefined> {
    this.#asked = await askedOf(files, context);
    const path = this.#pathOf(this.#asked);
    const bytes = await readFileBounded(path, this.#limits.maxBytes).catch(() => undefined);
    const kept = bytes && decodeKept(bytes);
    const now = new Date();
    if (kept !== undefined) await utimes(path, now, now).catch(() => {});
    return kept;
  }

  async keep(reading: PictureReading, alike: PictureParts["alike"] = []): Promise<void> {
    const asked = this.#asked;
    const bytes = encodeKept(reading);
    if (asked === undefined || bytes.length > this.#limits.maxBytes) return;
    const path = this.#pathOf(asked);
    try {
      await writeFileAtomic(path, bytes, { makeFolder: true });
      for (const other of alike) {
        const name = this.#pathOf({ ...asked, settings: { ...asked.settings, ...other } });
        // Where files cannot have two names, other settings decode anew.
        if (name !== path)
          await rm(name, { force: true })
            .then(() => link(path, name))
            .catch(() => {});
      }
      await makeRoom(this.#folder, ENDING, this.#limits);
    } catch (error) {
      if (!(error instanceof FileError)) throw error;
    }
  }

  #pathOf({ settings, digest }: Asked): string {
    const sorted = Object.entries(settings).sort(([a], [b]) => compareText(a, b));
    const key = createHash("sha256").update(JSON.stringify(sorted.filter(([, value]) => value !== undefined)));
    return join(this.#folder, key.update(digest).digest("hex") + ENDING);
  }
}

/** The things that decide on the content of a file of the cache. */
interface Asked {
  readonly settings: Readonly<Record<string, unknown>>;
  /** SHA-256 of names and bytes of all pictures. */
  readonly digest: Uint8Array;
}

async function askedOf(files: readonly DataFile[], context: ReadContext): Promise<Asked> {
  // All settings, so that new ones count, but for those that matter later.
  const { split, splitSeed, scaling, stretch, decodeImage, onProgress, signal, leftOut, ...settings } = context;
  const hash = createHash("sha256");
  for (const file of [...files].sort((a, b) => compareText(a.name, b.name))) {
    signal?.throwIfAborted();
    // A file that cannot be read is left out or an error, by its reader.
    const content = await file.storedBytes().catch((error: unknown) => reasonOf(error));
    hash.update(JSON.stringify([file.name, typeof content, content.length])).update(content);
  }
  const more = { isFormer: stretch === "former", leftOut: leftOut.groups, version: PICTURES_VERSION };
  return { settings: { ...settings, ...more }, digest: hash.digest() };
}
