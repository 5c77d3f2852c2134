// The program of a worker in Node. What it is follows from its first message: `start` makes it a thread of an engine, `replica`
// a replica of a network.

import { type MessagePort, parentPort } from "node:worker_threads";
import { createThread, type ThreadMessage } from "../engine/threads/thread.ts";
import { isReplicaStart, type ReplicaStart } from "../worker/replicas/messages.ts";
import { transferable } from "./threads.ts";

if (parentPort !== null) serve(parentPort);

function serve(port: MessagePort): void {
  const answerThread = createThread((message) => port.postMessage(message));
  port.once("message", (first: ThreadMessage | ReplicaStart) => {
    if (isReplicaStart(first)) {
      serveReplica(port, first);
    } else {
      port.on("message", answerThread);
      answerThread(first);
    }
  });
}

async function serveReplica(port: MessagePort, start: ReplicaStart): Promise<void> {
  // Threads have no use for all that a replica needs, and many are started.
  const { createReplica } = await import("../worker/replicas/replica.ts");
  const answer = createReplica((message, transfer) => port.postMessage(message, transferable(transfer)));
  port.on("message", answer);
  answer(start);
}
