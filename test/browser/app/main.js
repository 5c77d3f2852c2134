// A page as users write it. What tests call is on the window.

import * as convasm from "convasm";
import { train, trainInSession } from "./train.ts";

window.trainHere = (options) => train(convasm, options);

window.trainInSession = (options) => trainInSession(convasm, options);

window.trainInWorker = (options) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data: { result, error } }) => {
      worker.terminate();
      if (error === undefined) resolve(result);
      else reject(new Error(error));
    };
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.postMessage(options);
  });
