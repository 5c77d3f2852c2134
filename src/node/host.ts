import { setRelaxedHint } from "../engine/engine-names.ts";
import { useForeignNames } from "./foreign-names.ts";
import { useFiles } from "./host-files.ts";
import { useNodeThreads } from "./threads.ts";
import { useWasmFiles } from "./wasm.ts";
import { useWideFlag } from "./wide.ts";

/** Lets the library use what Node has: files, decoders of pictures, wasm files, threads, flags, and room for hints in messages. */
export function useNode(): void {
  useForeignNames();
  useFiles();
  useWasmFiles();
  useWideFlag();
  useNodeThreads();
  if (!process.versions.node.startsWith("20.")) return;
  setRelaxedHint(
    "simd runs: relaxed, which is faster, needs Node 21 or newer, or the flag --experimental-wasm-relaxed-simd",
  );
}
