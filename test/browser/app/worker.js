// A worker of the page's own, with the library in it.

import * as convasm from "convasm";
import { train } from "./train.ts";

self.onmessage = async ({ data }) => {
  try {
    self.postMessage({ result: await train(convasm, data) });
  } catch (error) {
    self.postMessage({ error: error.message });
  }
};
