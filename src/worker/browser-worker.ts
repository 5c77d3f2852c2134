/**
 * The program of a worker in a browser. What it is follows from its first message: `start` makes it a thread of an engine.
 *
 * @module
 */

import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";

const answerThread = createThread((message) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => answerThread(data);
