import { createHost } from "../worker/host.ts";
import type { ToPage } from "../worker/protocol.ts";
import { useNode } from "./host.ts";

/** Makes a worker in Node hold models, with threads and readers of pictures as in the main program. */
export function createNodeHost(post: (message: ToPage, transfer: ArrayBuffer[]) => void): (message: unknown) => void {
  useNode();
  return createHost({ post });
}
