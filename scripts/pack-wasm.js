import { readFileSync } from "node:fs";
import zopfli from "@gfx/zopfli";
import { streamsOf } from "./wasm-streams.js";

/** The files that `simd` and `relaxed` share in one text. */
export const PAIR = [
  ["simd", "relaxed"],
  ["simd-extra", "relaxed-extra"],
];

/**
 * Packs wasm files of build/, without the kernels that measure a machine's peak, which only the benchmark of the command line calls.
 *
 * @param files names, for each file those of the engines' files
 * @param known names of the kernels that are kept; default all
 */
export function packWasm(files, known) {
  const isKnown = (name) => known === undefined || known.has(name);
  const contents = files.map((names) => names.map((name) => readFileSync(`build/${name}.wasm`)));
  const isWanted = (name) => name === "memory" || (isKnown(name) && !name.startsWith("peak_"));
  return zopfli.zlibAsync(streamsOf(contents, isWanted, isKnown), {});
}
