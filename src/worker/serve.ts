/**
 * The program of a worker in a browser. Its first message decides its role: `start` makes it a thread of an engine,
 * `session` a host of models, `replica` a replica of a network.
 *
 * @module
 */

import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";
import { createHost } from "./host.ts";
import { holdLivenessLock } from "./liveness.ts";
import { isSessionMessage, type ToPage } from "./protocol.ts";
import { isReplicaStart } from "./replicas/messages.ts";
import { createReplica } from "./replicas/replica.ts";

/** Makes this worker answer a page, or another worker. */
export function serveWorker(): void {
  const answerThread = createThread((message) => self.postMessage(message));
  self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => {
    if (isSessionMessage(data)) {
      const post = (message: ToPage, transfer: ArrayBuffer[]) => self.postMessage(message, { transfer });
      become(data, createHost({ post, livenessLock: holdLivenessLock() }));
    } else if (isReplicaStart(data)) {
      become(
        data,
        createReplica((message, transfer) => self.postMessage(message, { transfer })),
      );
    } else {
      answerThread(data);
    }
  };
  // The caller that waits for the answer gets the error.
  self.onmessageerror = () => {
    throw new Error("a message to it could not be read");
  };
}

/** Passes this message and all that follow to a handler. */
function become(first: unknown, handle: (message: unknown) => void): void {
  self.onmessage = ({ data }: MessageEvent<unknown>) => handle(data);
  handle(first);
}
