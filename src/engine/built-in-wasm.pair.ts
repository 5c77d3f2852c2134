import { pairText } from "../../build/pair.text.js";
import { HostError } from "../errors.ts";
import type { WasmName } from "./engine-names.ts";
import { extraRows } from "./operands/extra.ts";
import { coreRows } from "./operands.ts";
import { unpackWasm } from "./packed-wasm.ts";

/** A wasm file, out of one text for all: both engines differ in multiply-adds only. */
export async function builtInWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  const [engine, extra] = name.split("-");
  if (engine === "wide")
    throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-engine");
  const kernels = Object.keys({ ...coreRows, ...extraRows() });
  return unpackWasm(pairText(), kernels, engine === "simd" ? 0 : 1, extra === undefined ? 0 : 1);
}
