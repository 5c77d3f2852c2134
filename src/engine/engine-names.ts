import { HostError } from "../errors.ts";

/**
 * The engines, on which a tape can run.
 *
 * - `js`: plain JavaScript, anywhere
 * - `simd`: strict WebAssembly SIMD, the same bits on every machine
 * - `relaxed`: SIMD with fused multiply-add, faster; the bits depend on the machine
 * - `wide`: the bits of `relaxed`, with tiles for V8's revectorizer, which makes 256-bit operations of 128-bit pairs. Only on
 *   a host that runs with V8's flag `--experimental-wasm-revectorize` and says so with `allowWide`; `auto` takes it on the command line
 *   alone, where it is proven
 */
export type EngineName = "js" | "simd" | "relaxed" | "wide";

/** An engine that is a wasm file. */
export type WasmEngine = Exclude<EngineName, "js">;

/** A wasm file without its ending: the kernels of an engine that most networks need, or those that only some need. */
export type WasmName = WasmEngine | `${WasmEngine}-extra`;

/** The engines, slowest first. */
export const ENGINES: readonly EngineName[] = ["js", "simd", "relaxed", "wide"];

let wide = false;

/**
 * Declares that the host's V8 revectorizes, which code cannot find out by itself; without it the wide tiles are slow.
 * Node's entry point calls it where the process has the flag.
 */
export function allowWide(): void {
  wide = true;
}

let hint: string | undefined;

/** Sets the words that tell how to get `relaxed` on a host that does not run it without help. */
export function setRelaxedHint(text: string): void {
  hint = text;
}

/** The words that tell how to get a faster engine than the one that `auto` took; undefined where none are known. */
export function fasterHint(taken: EngineName): string | undefined {
  return taken === "simd" ? hint : undefined;
}

// Each probe is the smallest module that needs the feature: a function of type `parameters -> v128` with this body.
function supports(parameters: number, body: readonly number[]): boolean {
  const V128 = 0x7b;
  const type = [1, 0x60, parameters, ...new Array<number>(parameters).fill(V128), 1, V128];
  const code = [1, body.length + 2, 0, ...body, 0x0b];
  const header = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  const sections = [1, type.length, ...type, 3, 2, 1, 0, 10, code.length, ...code];
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array([...header, ...sections]));
}

const LOCAL_GET = 0x20;
const SIMD_PREFIX = 0xfd;

/**
 * True if this host runs an engine.
 *
 * @example
 * const engines = ENGINES.filter(hasEngine); // such as ["js", "simd", "relaxed"]
 */
export function hasEngine(engine: EngineName): boolean {
  switch (engine) {
    case "js":
      return true;
    case "simd": // i8x16.splat (i32.const 0)
      return supports(0, [0x41, 0, SIMD_PREFIX, 0x0f]);
    case "relaxed": // f32x4.relaxed_madd
      return supports(3, [LOCAL_GET, 0, LOCAL_GET, 1, LOCAL_GET, 2, SIMD_PREFIX, 0x85, 0x02]);
    case "wide":
      return wide && hasEngine("relaxed");
  }
}

/**
 * The fastest stable engine of this host for `"auto"`, else the one asked for.
 *
 * @throws HostError if this host lacks the engine that was asked for
 * @example
 * const engine = chooseEngine("auto"); // "relaxed" where the host has it
 */
export function chooseEngine(wanted: EngineName | "auto"): EngineName {
  if (wanted === "auto") return hasEngine("relaxed") ? "relaxed" : hasEngine("simd") ? "simd" : "js";
  if (!hasEngine(wanted)) {
    const available = ENGINES.filter(hasEngine).join(", ");
    throw new HostError("engine", `expected an engine this host has (${available}), got ${wanted}`, "no-engine");
  }
  return wanted;
}
