/**
 * What a worker in a browser does. What it is follows from its first message: `start` makes it a thread of an engine.
 *
 * @module
 */

import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";

/** Makes this worker answer to a page, or to another worker. */
export function serveWorker(): void {
  const answerThread = createThread((message) => self.postMessage(message));
  self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => answerThread(data);
}
