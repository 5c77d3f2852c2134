/**
 * Pictures as rows of a batch: what a thread that decodes them does, and what is known of a picture after one look at it.
 *
 * @module
 */

import { type ErrorRecord, encodeError } from "../../error-records.ts";
import { InputRangeError } from "../../errors.ts";
import { isUint8Array } from "../../numeric/array-kinds.ts";
import { allowedBytes } from "../expansion.ts";
import type { RasterImage } from "../image.ts";
import type { DecodeImage } from "../picture-decoder.ts";
import type { PictureFit } from "../picture-fit.ts";
import { isDecoded, pictureFormat } from "../picture-format.ts";
import type { PictureSize } from "../picture-size.ts";
import { shapedSamples } from "../shaped-samples.ts";
import type { DataFile } from "./data-file.ts";

/** The shape that pictures are brought to, and how. */
export interface PicturePlan {
  /** Undefined: each picture's own. */
  readonly size: PictureSize | undefined;
  /** Undefined: 3 where a picture has colours, else 1. */
  readonly channels: 1 | 3 | undefined;
  readonly fit: PictureFit | undefined;
  readonly maxExpansion: number;
}

/** A picture to decode. */
export interface PictureItem {
  readonly name: string;
  /** Its bytes, read when it is its turn. */
  bytes(): Promise<Uint8Array>;
  /** Bytes that it takes in the file that the user gave; undefined for its own. */
  readonly packed: number | undefined;
  /** True: its samples are those of a grey picture, repeated for each channel. */
  readonly grey: boolean;
}

/** The facts about a picture after one look at it. */
export type PictureLook =
  | {
      readonly size: PictureSize;
      readonly format: string;
      readonly hasColours: boolean;
      /** True for samples of more than 8 bits. */
      readonly isWide: boolean;
      /** Of its samples in the wanted shape. */
      readonly lowest: number;
      readonly highest: number;
    }
  | { readonly fault: string; readonly error: ErrorRecord };

/** Decodes pictures in other threads. */
export interface DecodeAhead {
  /** A look at each of some pictures. */
  look(files: readonly DataFile[], plan: PicturePlan): Promise<readonly PictureLook[]>;
  /** Their samples, `[n, h, w, c]`. */
  rows(files: readonly DataFile[], grey: readonly boolean[], plan: PicturePlan): Promise<Uint8Array>;
  /** Pictures that are well looked at together. */
  readonly atOnce: number;
}

/** Decoding in this thread, picture by picture. */
export function decodeInPlace(decode: DecodeImage): DecodeAhead {
  const itemsOf = (files: readonly DataFile[], grey: readonly boolean[] = []) =>
    Promise.all(
      files.map(async (file, i): Promise<PictureItem> => {
        const packed = await file.packed().catch(() => undefined);
        return { name: file.name, bytes: () => file.bytes(), packed, grey: grey[i] === true };
      }),
    );
  return {
    atOnce: 16,
    look: async (files, plan) => lookAtPictures(await itemsOf(files), plan, decode),
    rows: async (files, grey, plan) => pictureRows(await itemsOf(files, grey), plan, decode),
  };
}

/** A look at each of some pictures. */
export async function lookAtPictures(
  items: readonly PictureItem[],
  plan: PicturePlan,
  decode: DecodeImage,
): Promise<PictureLook[]> {
  const looks: PictureLook[] = [];
  for (const item of items) looks.push(await lookAt(item, plan, decode));
  return looks;
}

async function lookAt(item: PictureItem, plan: PicturePlan, decode: DecodeImage): Promise<PictureLook> {
  let bytes: Uint8Array;
  try {
    bytes = await item.bytes();
  } catch (error) {
    return { fault: "unreadable", error: encodeError(error) };
  }
  let image: RasterImage;
  try {
    image = await decode(bytes, item.name, { maxBytes: allowedBytes(item.packed ?? bytes.length, plan.maxExpansion) });
  } catch (error) {
    return { fault: faultOf(bytes), error: encodeError(error) };
  }
  const { height, width } = image;
  const colours = hasColours(image);
  const [h, w] = plan.size ?? [height, width];
  const { images, clear } = shapedSamples(image, h, w, plan.channels ?? (colours ? 3 : 1), plan.fit);
  let [lowest, highest] = [Number.POSITIVE_INFINITY, 0];
  for (let i = 0; i < images.length; i++) {
    if (images[i] < lowest) lowest = images[i];
    if (images[i] > highest) highest = images[i];
  }
  const isWide = !isUint8Array(images) || clear !== undefined;
  const format = pictureFormat(bytes) ?? "other";
  return { size: [height, width], format, hasColours: colours, isWide, lowest, highest };
}

/**
 * Samples of pictures, `[n, h, w, c]`.
 *
 * @throws RangeError, FileError for one that cannot be read, or is not as it was when it was looked at
 */
export async function pictureRows(
  items: readonly PictureItem[],
  { size, channels = 3, fit, maxExpansion }: PicturePlan,
  decode: DecodeImage,
): Promise<Uint8Array<ArrayBuffer>> {
  if (size === undefined) throw new Error("picture rows: no size");
  const [height, width] = size;
  const row = height * width * channels;
  const rows = new Uint8Array(items.length * row);
  for (const [i, { name, bytes: read, packed, grey }] of items.entries()) {
    const bytes = await read();
    const image = await decode(bytes, name, { maxBytes: allowedBytes(packed ?? bytes.length, maxExpansion) });
    const own = grey ? 1 : channels;
    const { images } = shapedSamples(image, height, width, own, fit);
    if (!isUint8Array(images))
      throw new InputRangeError(`readImages ${JSON.stringify(name)}`, "the picture that was looked at", "another");
    if (own === channels) rows.set(images, i * row);
    else for (let at = 0; at < row; at++) rows[i * row + at] = images[Math.floor(at / channels)];
  }
  return rows;
}

/** A word for a picture that cannot be decoded. */
export function faultOf(bytes: Uint8Array): string {
  if (bytes.length === 0) return "empty";
  const format = pictureFormat(bytes);
  return isDecoded(format) ? "corrupt" : (format ?? "no picture");
}

/** True for a picture that is not grey. */
export function hasColours({ channels, data }: RasterImage): boolean {
  if (channels < 3) return false;
  for (let i = 0; i < data.length; i += channels) if (data[i] !== data[i + 1] || data[i] !== data[i + 2]) return true;
  return false;
}
