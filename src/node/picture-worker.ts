import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { MAX_PICTURE_BYTES } from "../data/picture-format.ts";
import {
  lookAtPictures,
  type PictureItem,
  type PictureLook,
  type PicturePlan,
  pictureRows,
} from "../data/read/picture-rows.ts";
import { type ErrorRecord, encodeError } from "../error-records.ts";
import { FileError, fileError } from "./file-error.ts";
import { decodeImage } from "./image.ts";

/** A picture in a message: its path, or its bytes where it is not a file of its own. */
export type SentPicture = Pick<PictureItem, "name" | "packed" | "grey"> &
  ({ readonly path: string } | { readonly content: Uint8Array });

/** Pictures that a worker is to look at, or to decode. */
export interface PictureRequest {
  readonly type: "pictures";
  readonly id: number;
  readonly work: "look" | "rows";
  readonly pictures: readonly SentPicture[];
  readonly plan: PicturePlan;
}

/** The answer of a worker. */
export type PictureAnswer = { readonly id: number } & (
  | { readonly looks: readonly PictureLook[] }
  | { readonly rows: Uint8Array }
  | { readonly error: ErrorRecord }
  | { readonly unreadable: { readonly path: string; readonly reason: string } }
);

/** The role of a worker that decodes pictures, one request after the other. */
export function createPictureWorker(
  post: (message: PictureAnswer, transfer: ArrayBuffer[]) => void,
): (message: unknown) => void {
  let last = Promise.resolve();
  return (message) => {
    if (isRequest(message)) last = last.then(() => answer(message, post));
  };
}

function isRequest(message: unknown): message is PictureRequest {
  return typeof message === "object" && message !== null && "type" in message && message.type === "pictures";
}

async function answer(
  { id, work, pictures, plan }: PictureRequest,
  post: (message: PictureAnswer, transfer: ArrayBuffer[]) => void,
): Promise<void> {
  const items = pictures.map((picture): PictureItem => {
    const bytes = async () => ("path" in picture ? readAtOnce(picture.path) : picture.content);
    return { ...picture, bytes };
  });
  try {
    if (work === "look") {
      post({ id, looks: await lookAtPictures(items, plan, decodeImage) }, []);
      return;
    }
    const rows = await pictureRows(items, plan, decodeImage);
    post({ id, rows }, [rows.buffer]);
  } catch (error) {
    if (error instanceof FileError) post({ id, unreadable: { path: error.path, reason: error.reason } }, []);
    else post({ id, error: encodeError(error) }, []);
  }
}

/** A file's bytes. This thread has nothing else to do: to wait for them as a promise would take longer than to decode a small picture. */
function readAtOnce(path: string): Uint8Array {
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const { size } = fstatSync(file);
    if (size > MAX_PICTURE_BYTES)
      throw new FileError("read", path, `it has ${size} bytes, more than ${MAX_PICTURE_BYTES}`);
    const bytes = new Uint8Array(size);
    let done = 0;
    for (let count = 1; done < size && count > 0; done += count) count = readSync(file, bytes, done, size - done, done);
    return bytes.subarray(0, done);
  } catch (error) {
    throw fileError("read", path, error);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
