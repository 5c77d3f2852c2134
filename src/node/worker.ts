// The program of a worker in Node. Its first message decides its role: `start` makes it a thread of an engine,
// `session` a host of models, `replica` a replica of a network, `pictures` a decoder of pictures.

import { type MessagePort, parentPort } from "node:worker_threads";
import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";
import type { SessionMessage } from "../worker/protocol.ts";
import type { ReplicaStart } from "../worker/replicas/messages.ts";
import type { PictureRequest } from "./picture-worker.ts";
import { transferable } from "./threads.ts";

type FirstMessage = ThreadMessage | SessionMessage | ReplicaStart | PictureRequest;

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  const answerThread = createThread((message) => port.postMessage(message));
  let answer: ((message: unknown) => void) | undefined;
  /** Messages that arrived while the role was being loaded. */
  const waiting: unknown[] = [];
  port.on("message", (message: FirstMessage) => {
    if (answer !== undefined) answer(message);
    else if (message.type === "start" || message.type === "tape") answerThread(message);
    else if (waiting.push(message) === 1) {
      void loadRole(port, message.type).then((role) => {
        answer = role;
        for (const each of waiting) role(each);
      });
    }
  });
}

/** Loads the modules of a role: threads need only a few of them, and many are started. */
async function loadRole(
  port: MessagePort,
  type: "session" | "replica" | "pictures",
): Promise<(message: unknown) => void> {
  if (type === "session") {
    const { createNodeHost } = await import("./session-host.ts");
    return createNodeHost((message, transfer) => port.postMessage(message, transfer));
  }
  if (type === "pictures") {
    const { createPictureWorker } = await import("./picture-worker.ts");
    return createPictureWorker((message, transfer) => port.postMessage(message, transfer));
  }
  const { createReplica } = await import("../worker/replicas/replica.ts");
  return createReplica((message, transfer) => port.postMessage(message, transferable(transfer)));
}
