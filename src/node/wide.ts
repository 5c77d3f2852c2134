import { allowWide } from "../engine/engine-names.ts";

/** V8's flag for 256-bit operations. */
export const WIDE_FLAG = "--experimental-wasm-revectorize";

/**
 * True if this version of Node can run the engine `wide` with the flag: V8 of earlier ones lacks the passes that the
 * tiles need.
 */
export function knowsWide(version = process.versions.node): boolean {
  const [major, minor] = version.split(".").map(Number);
  return major > 23 || (major === 23 && minor >= 5);
}

/** True if this process was started with the flag, on a version of Node that knows it. */
export function runsWide(): boolean {
  const words = [...process.execArgv, ...(process.env.NODE_OPTIONS ?? "").split(/\s+/)];
  return knowsWide() && words.includes(WIDE_FLAG);
}

/** Allows the engine `wide` where this process was started for it. */
export function useWideFlag(): void {
  if (runsWide()) allowWide();
}
