// The page's side: a session trains, and the page shows its figures at every frame.

import * as convasm from "./library/convasm.js";
import { EPOCH, networkAndImages, OPTIMIZER } from "./subject.js";

const output = document.querySelector("output");

/** @type {Awaited<ReturnType<typeof convasm.createSession>> | undefined} */
let session;
/** @type {Awaited<ReturnType<NonNullable<typeof session>["createModel"]>>} */
let model;
/** @type {Awaited<ReturnType<NonNullable<typeof session>["addDataset"]>>} */
let data;

globalThis.contender = {
  /** @param {import("./subject.js").Setting} setting */
  async prepare({ net, batch, engine, threads, replicas }) {
    session?.terminate();
    session = await convasm.createSession();
    const { network, images } = networkAndImages(convasm, net);
    data = await session.addDataset(images);
    model = await session.createModel(network);
    const optimizer = convasm.parseOptimizer(OPTIMIZER);
    return model.compile({ optimizer, loss: "softmaxCrossEntropy", batchSize: batch, engine, threads, replicas });
  },

  /** @param {number} epochs @returns {Promise<import("./subject.js").Slice & { frames: number }>} */
  async slice(epochs) {
    let [text, loss, frames, goesOn] = ["", Number.NaN, 0, true];
    const paint = () => {
      frames++;
      output.textContent = text;
      if (goesOn) requestAnimationFrame(paint);
    };
    requestAnimationFrame(paint);
    const start = performance.now();
    for await (const event of await model.fit(data, { epochs })) {
      if (event.event === "step") text = `${event.step}: ${event.loss.toFixed(4)}`;
      else if (event.event === "epoch") loss = event.trainLoss;
    }
    const seconds = (performance.now() - start) / 1000;
    goesOn = false;
    return { images: epochs * EPOCH, seconds, loss, frames };
  },

  sha256: () => model.weightsSha256(),
};
document.title = "ready";
