/**
 * Pictures that are decoded when they are needed. Each is looked at once beforehand, so that all is decided as for pictures in
 * memory: which can be read, their size and colours, and their range.
 *
 * @module
 */

import { decodeError } from "../../error-records.ts";
import { InputRangeError } from "../../errors.ts";
import { flagAndKey } from "../../options/names.ts";
import { decodePicture } from "../picture-decoder.ts";
import type { PictureSize } from "../picture-size.ts";
import { narrowed } from "./array-images.ts";
import type { ClassPicture } from "./class-folders.ts";
import type { DataFile } from "./data-file.ts";
import type { ReadContext } from "./options.ts";
import { chooseSize, type PictureFacts, PictureSurvey } from "./picture-facts.ts";
import { decodeInPlace, type PictureLook, type PicturePlan } from "./picture-rows.ts";
import { isStreamed, prefetchWithin, type StreamedPart } from "./streamed-parts.ts";

/** True where pictures are to be decoded when they are needed, by the memory that all would take. */
export async function picturesAreStreamed(files: readonly DataFile[], context: ReadContext): Promise<boolean> {
  if (context.streaming !== "auto") return isStreamed(context, 0);
  // The smallest picture takes a byte.
  const size = context.size === "auto" || context.size === undefined ? await sizeOfFirst(files) : context.size;
  if (size === undefined) return false;
  return isStreamed(context, files.length * size[0] * size[1] * (context.channels ?? 3));
}

function sizeOfFirst(files: readonly DataFile[]): Promise<PictureSize | undefined> {
  return chooseSize(files.map((file) => ({ file, className: "" })));
}

/** Pictures of a part with the places of their classes. */
export interface PictureRequest {
  readonly pictures: readonly ClassPicture[];
  readonly places: readonly number[];
}

/** Streamed parts of pictures, in the order of the requests, and what there is to say about them. */
export interface StreamedPictures {
  readonly parts: readonly (StreamedPart | undefined)[];
  readonly facts: PictureFacts | undefined;
}

/** A picture that can be read. */
interface Kept {
  readonly file: DataFile;
  readonly place: number;
  readonly look: Exclude<PictureLook, { readonly fault: string }>;
}

/**
 * Looks at all pictures once, in other threads where there are some, and returns parts that decode them.
 *
 * @param size height and width for all; undefined where they have to have one size
 * @throws RangeError if pictures differ in size while none is given, too many cannot be read, or they have more than 8 bits
 */
export async function streamedPictures(
  requests: readonly PictureRequest[],
  size: PictureSize | undefined,
  context: ReadContext,
): Promise<StreamedPictures> {
  const { channels: given, fit, maxExpansion, decodeImage } = context;
  const ahead = decodeImage === undefined ? context.decodeAhead : undefined;
  const decoder = ahead ?? decodeInPlace(decodeImage ?? decodePicture);
  const plan: PicturePlan = { size, channels: given, fit, maxExpansion };
  const survey = new PictureSurvey();
  const kept = await look(requests, plan, decoder, context, survey);
  const all = kept.flat();
  const [first] = all;
  if (first === undefined) return { parts: requests.map(() => undefined), facts: undefined };
  const shape = size ?? first.look.size;
  // As in memory: pictures before the first one with colours are brought to their size in grey.
  const firstColour = all.findIndex(({ look }) => look.hasColours);
  const channels = given ?? (firstColour < 0 ? 1 : 3);
  const isGrey = new Set(given === undefined && firstColour > 0 ? all.slice(0, firstColour) : []);
  const [height, width] = shape;
  const decoded: PicturePlan = { ...plan, size: shape, channels };
  const prefetch = prefetchWithin(context, height * width * channels);
  const parts = kept.map((pictures): StreamedPart | undefined => {
    if (pictures.length === 0) return undefined;
    return {
      shape: [height, width, channels],
      labels: narrowed(Uint16Array.from(pictures, ({ place }) => place)),
      depth: 8,
      prefetch,
      deciding: { pixels: Uint8Array.of(lowestOf(pictures), highestOf(pictures)) },
      read(indices) {
        const some = Array.from(indices, (index) => pictures[index]);
        return decoder.rows(
          some.map(({ file }) => file),
          some.map((picture) => isGrey.has(picture)),
          decoded,
        );
      },
    };
  });
  return { parts, facts: survey.facts(shape) };
}

function lowestOf(pictures: readonly Kept[]): number {
  return pictures.reduce((lowest, { look }) => Math.min(lowest, look.lowest), 255);
}

function highestOf(pictures: readonly Kept[]): number {
  return pictures.reduce((highest, { look }) => Math.max(highest, look.highest), 0);
}

/** The pictures of each part that can be read. */
async function look(
  requests: readonly PictureRequest[],
  plan: PicturePlan,
  decoder: Pick<ReturnType<typeof decodeInPlace>, "look" | "atOnce">,
  { leftOut, signal, onProgress }: ReadContext,
  survey: PictureSurvey,
): Promise<Kept[][]> {
  const total = requests.reduce((sum, { pictures }) => sum + pictures.length, 0);
  const kept: Kept[][] = [];
  let done = 0;
  let first: { readonly name: string; readonly size: PictureSize } | undefined;
  for (const { pictures, places } of requests) {
    const part: Kept[] = [];
    for (let begin = 0; begin < pictures.length; begin += decoder.atOnce) {
      signal?.throwIfAborted();
      const some = pictures.slice(begin, begin + decoder.atOnce);
      const looks = await decoder.look(
        some.map(({ file }) => file),
        plan,
      );
      for (const [i, found] of looks.entries()) {
        const { file } = some[i];
        if ("fault" in found) {
          await leftOut.attempt(found.fault, file.name, async () => {
            // Reading it here gives the file system's own error.
            if (found.fault === "unreadable") await file.bytes();
            throw decodeError(found.error);
          });
          continue;
        }
        first ??= { name: file.name, size: found.size };
        if (plan.size === undefined) expectSize(first, file.name, found.size);
        if (found.isWide) {
          const advice = `without ${flagAndKey("streaming")} they are read into memory`;
          const who = `readImages ${JSON.stringify(file.name)}`;
          throw new InputRangeError(who, "pictures of 8 bits for streaming", "16", "unsupported-file", { advice });
        }
        survey.add(found.size, found.format);
        part.push({ file, place: places[begin + i], look: found });
      }
      done += some.length;
      onProgress?.(done, total);
    }
    kept.push(part);
  }
  return kept;
}

/** @throws RangeError if two pictures differ in size */
export function expectSize(
  first: { readonly name: string; readonly size: PictureSize },
  name: string,
  [height, width]: PictureSize,
): void {
  if (first.size[0] === height && first.size[1] === width) return;
  const got = `${JSON.stringify(first.name)} of ${first.size.join(" x ")} and ${JSON.stringify(name)} of ${height} x ${width}`;
  throw new InputRangeError("readImages", "pictures of one size", got, "damaged-file", {
    advice: `${flagAndKey("size")} makes them equal`,
  });
}
