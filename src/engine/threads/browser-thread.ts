// The program of a worker in a browser.

import { createThread, type ThreadMessage } from "./thread.ts";

const handle = createThread((message) => self.postMessage(message));
self.onmessage = ({ data }: MessageEvent<ThreadMessage>) => handle(data);
