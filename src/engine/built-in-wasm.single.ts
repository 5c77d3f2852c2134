import text from "../../build/simd.text.js";
import extraText, { kernels } from "../../build/simd-extra.text.js";
import { HostError } from "../errors.ts";
import type { WasmName } from "./engine-names.ts";
import { coreRows } from "./operands.ts";
import { unpackWasm } from "./packed-wasm.ts";

/**
 * A wasm file; stands in place of `built-in-wasm.ts` in the page of an exported model, which has one engine.
 */
export async function builtInWasm(name: WasmName): Promise<Uint8Array<ArrayBuffer>> {
  if (name === "simd") return unpackWasm(text, Object.keys(coreRows));
  if (name === "simd-extra") return unpackWasm(extraText, kernels);
  throw new HostError("engine", `expected simd, the only one in this page, got ${name}`, "no-engine");
}
