import { createHost } from "../worker/host.ts";
import type { ToPage } from "../worker/protocol.ts";
import { decodeImage } from "./image.ts";
import { useNodeThreads } from "./threads.ts";
import { useWasmFiles } from "./wasm.ts";
import { useWideFlag } from "./wide.ts";

/** A worker in Node as the home of models, with threads and pictures as the main program has them. */
export function createNodeHost(post: (message: ToPage, transfer: ArrayBuffer[]) => void): (message: unknown) => void {
  useWasmFiles();
  useWideFlag();
  useNodeThreads();
  return createHost({ post, decodeImage });
}
