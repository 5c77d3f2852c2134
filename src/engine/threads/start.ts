import { startWorker } from "../../worker/start.ts";
import { coreCount, givenSource, type ThreadSource } from "./source.ts";

const browserThreads: ThreadSource = { cores: coreCount, start: startWorker };

/** This host's way to start threads. */
export function threadSource(): ThreadSource {
  return givenSource() ?? browserThreads;
}
