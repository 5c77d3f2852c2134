import { HostError } from "../errors.ts";
import type { WasmName } from "./engine-names.ts";
import { coreRows } from "./operands.ts";

/** A wasm file as a module of text holds it, and the names of its kernels. */
export interface WasmText {
  readonly text: string;
  readonly kernels: readonly string[];
}

/** A module of text; `kernels` are named in it where they are not those that every engine has. */
interface TextModule {
  readonly default: string;
  readonly kernels?: readonly string[];
}

/** The text of a module that is being loaded. */
export async function wasmTextOf(loading: Promise<TextModule>): Promise<WasmText> {
  const { default: text, kernels = Object.keys(coreRows) } = await loading;
  return { text, kernels };
}

/**
 * The text of a wasm file of the engines that browsers have. Bundlers follow only imports whose names stand in the calls themselves.
 *
 * @throws HostError for other engines
 */
export async function wasmText(name: WasmName): Promise<WasmText> {
  switch (name) {
    case "simd":
      return wasmTextOf(import("../../build/simd.text.js"));
    case "simd-extra":
      return wasmTextOf(import("../../build/simd-extra.text.js"));
    case "relaxed":
      return wasmTextOf(import("../../build/relaxed.text.js"));
    case "relaxed-extra":
      return wasmTextOf(import("../../build/relaxed-extra.text.js"));
    default:
      throw new HostError("engine", "expected simd or relaxed, as no browser runs wide, got wide", "no-engine");
  }
}
