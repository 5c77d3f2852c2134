import * as convasm from "../../dist/node.js";
import { EPOCH, networkAndImages, OPTIMIZER } from "./subject.js";

/** The program's side: trains as a program does, without a session. */
export class NodeContender {
  name = `Node ${process.versions.node}`;
  #model;
  #data;

  /** @param {import("./subject.js").Setting} setting */
  async prepare({ net, batch, engine, threads }) {
    this.#model?.dispose();
    const { network, images } = networkAndImages(convasm, net);
    this.#data = images;
    this.#model = convasm.createModel(network);
    const optimizer = convasm.parseOptimizer(OPTIMIZER);
    await this.#model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize: batch, engine, threads });
  }

  /** @param {number} epochs @returns {Promise<import("./subject.js").Slice>} */
  async slice(epochs) {
    let loss = Number.NaN;
    const start = performance.now();
    for await (const event of this.#model.fitEvents(this.#data, { epochs })) {
      if (event.event === "epoch") loss = event.trainLoss;
    }
    return { images: epochs * EPOCH, seconds: (performance.now() - start) / 1000, loss };
  }

  async sha256() {
    return convasm.weightsSha256(this.#model);
  }

  /** Seconds of processor time so far. */
  processorSeconds() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  }

  async close() {
    this.#model?.dispose();
  }
}
