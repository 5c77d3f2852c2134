/**
 * What a worker in a browser does. What it is follows from its first message: `start` makes it a thread of an engine,
 * `session` the home of models.
 *
 * @module
 */

import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";
import { createHost } from "./host.ts";
import { isSessionMessage } from "./protocol.ts";

/** Makes this worker answer to a page, or to another worker. */
export function serveWorker(): void {
  const answerThread = createThread((message) => self.postMessage(message));
  self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => {
    if (!isSessionMessage(data)) return answerThread(data);
    const answerPage = createHost({ post: (message, transfer) => self.postMessage(message, { transfer }) });
    self.onmessage = ({ data: next }: MessageEvent<unknown>) => answerPage(next);
    answerPage(data);
  };
}
