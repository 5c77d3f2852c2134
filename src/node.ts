/**
 * convasm for Node: everything of the browser-safe entry, and files.
 *
 * @module
 */

import { useWasmFiles } from "./node/wasm.ts";

useWasmFiles();

export * from "./index.ts";
export { writeFileAtomic } from "./node/files.ts";
export { loadIdxFolder, loadMnist } from "./node/mnist.ts";
