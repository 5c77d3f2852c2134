/**
 * Features of pictures in the user's cache folder, so that the second training on the same pictures starts at once.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { appendFile, rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import type { Pixels } from "../data/pixels.ts";
import { crc32 } from "../numeric/crc32.ts";
import type { Model } from "../training/model.ts";
import { cacheFolder } from "./cache-folder.ts";
import { type CacheLimits, MAX_CACHE_BYTES, MAX_CACHE_FILES, makeRoom } from "./cache-room.ts";
import { ensureFolder, readFileBounded } from "./files.ts";
import { weightsSha256 } from "./weights-hash.ts";

/** A new number for each change of the features that the same network gives. */
const FEATURES_VERSION = 1;

const ENDING = ".features";
const DIGEST = "sha256";
const DIGEST_BYTES = 32;
const CRC_BYTES = 4;

/**
 * The features that a network gave, in one file: a record for each picture, which is the SHA-256 of its pixels, the features as little-endian
 * float32, and a CRC-32 of both. It is called by the SHA-256 of the network, its weights and its engine, so pictures and networks that change
 * are computed anew. Records are appended as they come: what was computed before an interruption is there. A file with a damaged record
 * begins anew; one that cannot be read or written is no error.
 */
export class FeatureFile {
  readonly #path: string;
  readonly #folder: string;
  readonly #width: number;
  readonly #known: Map<string, Float32Array>;
  readonly #limits: Required<CacheLimits>;
  #bytes: number;

  private constructor(
    folder: string,
    name: string,
    width: number,
    known: Map<string, Float32Array>,
    limits: Required<CacheLimits>,
  ) {
    this.#folder = folder;
    this.#path = join(folder, name);
    this.#width = width;
    this.#known = known;
    this.#limits = limits;
    this.#bytes = known.size * recordBytes(width);
  }

  /**
   * Opens the file for a network.
   *
   * @param backbone compiled, ends with the features
   * @param folder default: the folder `features` in the user's cache folder
   */
  static async open(
    backbone: Model,
    folder = join(cacheFolder(), "features"),
    { maxBytes = MAX_CACHE_BYTES, maxFiles = MAX_CACHE_FILES }: CacheLimits = {},
  ): Promise<FeatureFile> {
    const { architecture, network } = backbone;
    const facts = [FEATURES_VERSION, network.engine.name, architecture.toJson(), weightsSha256(backbone)];
    const name = createHash(DIGEST).update(JSON.stringify(facts)).digest("hex") + ENDING;
    const width = architecture.outputs;
    const path = join(folder, name);
    const bytes = await readFileBounded(path, maxBytes).catch(() => new Uint8Array());
    const known = readRecords(bytes, width);
    if (known === undefined) await rm(path, { force: true }).catch(() => {});
    const now = new Date();
    await utimes(path, now, now).catch(() => {});
    return new FeatureFile(folder, name, width, known ?? new Map(), { maxBytes, maxFiles });
  }

  /** The features of a picture; undefined where they were not computed yet. */
  find(digest: string): Float32Array | undefined {
    return this.#known.get(digest);
  }

  /** Keeps the features of pictures, `[digests, features]`. */
  async add(digests: readonly string[], features: Float32Array): Promise<void> {
    const size = recordBytes(this.#width);
    const records = new Uint8Array(digests.length * size);
    for (const [i, digest] of digests.entries()) {
      const row = features.slice(i * this.#width, (i + 1) * this.#width);
      this.#known.set(digest, row);
      records.set(record(digest, row), i * size);
    }
    this.#bytes += records.length;
    if (this.#bytes > this.#limits.maxBytes) return;
    try {
      await ensureFolder(this.#folder);
      await appendFile(this.#path, records);
    } catch {
      // A cache that cannot be written is no error.
    }
  }

  /** Ends the use of the file, and removes features of other networks where the cache has too many. */
  close(): Promise<void> {
    return makeRoom(this.#folder, ENDING, this.#limits);
  }
}

/** The name of a picture: SHA-256 of its pixels. */
export function pixelsDigest(pixels: Pixels): string {
  const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
  return createHash(DIGEST).update(bytes).digest("hex");
}

function recordBytes(width: number): number {
  return DIGEST_BYTES + Float32Array.BYTES_PER_ELEMENT * width + CRC_BYTES;
}

function record(digest: string, row: Float32Array): Uint8Array {
  const bytes = new Uint8Array(recordBytes(row.length));
  const view = new DataView(bytes.buffer);
  bytes.set(Buffer.from(digest, "hex"));
  for (const [i, value] of row.entries()) view.setFloat32(DIGEST_BYTES + 4 * i, value, true);
  view.setUint32(bytes.length - CRC_BYTES, crc32(bytes.subarray(0, -CRC_BYTES)), true);
  return bytes;
}

/** The features by the names of their pictures; undefined where a record is damaged or cut off. */
function readRecords(bytes: Uint8Array, width: number): Map<string, Float32Array> | undefined {
  const size = recordBytes(width);
  const known = new Map<string, Float32Array>();
  if (bytes.length % size !== 0) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = 0; at < bytes.length; at += size) {
    const end = at + size - CRC_BYTES;
    if (view.getUint32(end, true) !== crc32(bytes.subarray(at, end))) return undefined;
    const row = new Float32Array(width);
    for (let i = 0; i < width; i++) row[i] = view.getFloat32(at + DIGEST_BYTES + 4 * i, true);
    known.set(Buffer.from(bytes.subarray(at, at + DIGEST_BYTES)).toString("hex"), row);
  }
  return known;
}
