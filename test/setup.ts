import { useWasmFiles } from "../src/node/wasm.ts";

// Vitest's module URLs are no place to fetch wasm from.
useWasmFiles();
