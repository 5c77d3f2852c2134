import { setThreadSource } from "../src/engine/threads/source.ts";
import { nodeThreads } from "../src/node/threads.ts";
import { useWasmFiles } from "../src/node/wasm.ts";
import { useWideFlag } from "../src/node/wide.ts";

// Vitest's module URLs are no place to fetch wasm from.
useWasmFiles();
useWideFlag();

// Node 20 starts no worker from TypeScript: the one that is tested is the one that is published.
setThreadSource(nodeThreads(new URL("../dist/node/thread.js", import.meta.url)));
