/**
 * ONNX Runtime Web, its WebAssembly provider: inference.
 *
 * @module
 */

import * as ort from "onnxruntime-web";
import { onnxModel } from "./onnx-model.js";
import { batchJob } from "./subject.js";

/** @import { Peer } from "./protocol.js" */

/**
 * @param {{ threads: number }} options
 * @returns {Promise<Peer>}
 */
export async function open({ threads }) {
  ort.env.wasm.numThreads = threads;
  ort.env.logLevel = "error";
  return {
    versions: { "ONNX Runtime Web": ort.env.versions.web ?? ort.env.versions.common },
    settings: () => ["default"],
    async build(loaded, options) {
      const { batch, shape } = loaded.subject;
      const session = await ort.InferenceSession.create(onnxModel(loaded), {
        executionProviders: ["wasm"],
        graphOptimizationLevel: "all",
      });
      if (ort.env.wasm.numThreads !== threads) throw new Error(`runs ${ort.env.wasm.numThreads} threads here`);
      return batchJob(loaded, options, {
        upload: ({ pixels }) =>
          new ort.Tensor("float32", loaded.channelsFirst(pixels), [batch, shape[2], shape[0], shape[1]]),
        train() {
          throw new Error("ONNX Runtime Web does not train");
        },
        async infer(images) {
          const { probabilities } = await session.run({ images });
          return /** @type {Float32Array} */ (probabilities.data);
        },
        close: () => void session.release(),
      });
    },
  };
}
