import { setThreadSource } from "../src/engine/threads/source.ts";
import { setPictureProgram } from "../src/node/picture-workers.ts";
import { nodeSessions } from "../src/node/sessions.ts";
import { nodeThreads } from "../src/node/threads.ts";
import { useWasmFiles } from "../src/node/wasm.ts";
import { useWideFlag } from "../src/node/wide.ts";
import { setSessionSource } from "../src/worker/session-source.ts";

// Vitest's module URLs are no place to fetch wasm from.
useWasmFiles();
useWideFlag();

// Node 20 starts no workers from TypeScript: those that are tested are those that are published.
setPictureProgram(new URL("../dist/node/worker.js", import.meta.url));
setThreadSource(nodeThreads(new URL("../dist/node/worker.js", import.meta.url)));
setSessionSource(nodeSessions(new URL("../dist/node/worker.js", import.meta.url)));
