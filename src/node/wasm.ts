import { readFile } from "node:fs/promises";
import { setWasmSource } from "../engine/wasm.ts";

/** Lets the engine read its wasm files from the package's folder. */
export function useWasmFiles(): void {
  setWasmSource(async (name) => new Uint8Array(await readFile(new URL(`../../build/${name}.wasm`, import.meta.url))));
}
