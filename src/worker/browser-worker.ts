// The program of a worker in a browser.

import { serveWorker } from "./serve.ts";

serveWorker();
