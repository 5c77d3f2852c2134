// The program of a worker in Node that is the home of models.

import { parentPort } from "node:worker_threads";
import { createHost } from "../worker/host.ts";
import { decodeImage } from "./image.ts";
import { useNodeThreads } from "./threads.ts";
import { useWasmFiles } from "./wasm.ts";
import { useWideFlag } from "./wide.ts";

useWasmFiles();
useWideFlag();
useNodeThreads();

const answer = createHost({ post: (message, transfer) => parentPort?.postMessage(message, transfer), decodeImage });
parentPort?.on("message", answer);
