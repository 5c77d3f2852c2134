// The program of the worker of the view "Teach".

import { isInputError, setWorkerSource } from "convasm";
import type { CallMessage, Classroom, FromWorker } from "../protocol.ts";
import { TeachWorker } from "./classroom.ts";

// Threads of a backbone run the library's own worker, next to this one.
setWorkerSource(() => new Worker(new URL("./worker.js", import.meta.url), { type: "module", name: "convasm" }));

const post = (message: FromWorker): void => self.postMessage(message);
const classroom = new TeachWorker(post);

self.onmessage = ({ data }: MessageEvent<CallMessage>) => void answer(data);

async function answer({ id, method, args }: CallMessage): Promise<void> {
  try {
    post({ type: "result", id, value: await Reflect.apply(methodOf(method), classroom, args) });
  } catch (error) {
    post({ type: "error", id, text: textOf(error) });
  }
}

/** An error's words without the name of the function that complains, which people did not call. */
function textOf(error: unknown): string {
  if (!isInputError(error)) return error instanceof Error ? error.message : String(error);
  const { expected, got, advice } = error;
  return `expected ${expected}, got ${got}${advice === undefined ? "" : `; ${advice}`}`;
}

function methodOf(name: keyof Classroom): TeachWorker[keyof Classroom] {
  return classroom[name];
}
