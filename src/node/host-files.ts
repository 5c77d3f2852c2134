import { fileURLToPath } from "node:url";
import { setPathReader } from "../data/file-source.ts";
import { setPictureDecoder } from "../data/picture-decoder.ts";
import { readFileBounded } from "./files.ts";

/** Lets models and pictures be named by their paths, and decodes pictures without a browser. */
export function useFiles(): void {
  setPathReader((path, maxBytes) => readFileBounded(/^file:/i.test(path) ? fileURLToPath(path) : path, maxBytes));
  setPictureDecoder(async (...picture) => (await import("./image.ts")).decodeImage(...picture));
}
