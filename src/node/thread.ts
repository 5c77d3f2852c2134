// The program of a worker in Node.

import { parentPort } from "node:worker_threads";
import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";

const handle = createThread((message) => parentPort?.postMessage(message));
parentPort?.on("message", (message: ThreadMessage) => handle(message));
