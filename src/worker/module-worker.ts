// The program of a worker in a browser.

import { serveWorker } from "./serve.ts";
import { setWorkerSource } from "./start.ts";

// Threads and replicas run this same program, from the address that the page gave it.
setWorkerSource(() => new Worker(self.location.href, { type: "module", name: "convasm" }));
serveWorker();
