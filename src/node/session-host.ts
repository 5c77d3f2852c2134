import { createHost } from "../worker/host.ts";
import type { ToPage } from "../worker/protocol.ts";
import { decodeImage } from "./image.ts";
import { useNodeThreads } from "./threads.ts";
import { useWasmFiles } from "./wasm.ts";
import { useWideFlag } from "./wide.ts";

/** Makes a worker in Node hold models, with threads and readers of pictures as in the main program. */
export function createNodeHost(post: (message: ToPage, transfer: ArrayBuffer[]) => void): (message: unknown) => void {
  useWasmFiles();
  useWideFlag();
  useNodeThreads();
  return createHost({ post, decodeImage });
}
