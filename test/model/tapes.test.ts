import { describe, it } from "vitest";
import { CHECKED_NETWORKS } from "../../src/bench/small-networks.ts";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { softmaxCrossEntropy } from "../../src/training/losses.ts";
import { BUILT_IN, checkTapes, OPTIMIZERS } from "./check-tapes.ts";

describe.each(CHECKED_NETWORKS)("the tapes of $name", (network) => {
  it.each([1, 2, 3, 16])(
    "read what was written, and no thread touches what another writes, on %d threads",
    (threads) => {
      checkTapes(network, threads, OPTIMIZERS);
    },
  );
});

it("read what was written in a network with frozen layers among the others", () => {
  const trainable = false;
  const layers = [
    conv2d({ filters: 4, kernelSize: 3 }),
    conv2d({ filters: 16, kernelSize: 3, trainable }),
    batchNormalization({ trainable }),
    conv2d({ filters: 16, kernelSize: 3, trainable }),
    flatten(),
    dense({ units: 9, trainable }),
    dense({ units: 3 }),
  ];
  checkTapes({ name: "frozen", shape: [10, 10, 1], layers, loss: softmaxCrossEntropy() }, 2, OPTIMIZERS.slice(0, 2));
});

// All of them, on more threads, in tapes.slow.test.ts.
describe.each(BUILT_IN.filter(({ name }) => /^(speed99|keras|lenet5)$/.test(name)))("the tapes of $name", (network) => {
  it("read what was written, and no thread touches what another writes", () => {
    checkTapes(network, 2, OPTIMIZERS.slice(0, 1));
  });
});
