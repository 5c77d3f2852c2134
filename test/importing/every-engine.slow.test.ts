// Pretrained networks on every engine, with all the images that other programs' numbers are known for.

import { describe, it } from "vitest";
import { useFiles } from "../../src/node/host-files.ts";
import { HOST_ENGINES } from "../engines.ts";
import { sharedFile } from "./photographs.ts";
import { expectCifar10, expectEfficientNet, hasCifar10, hasPhotographs } from "./shared-networks.ts";

useFiles();

describe.each(HOST_ENGINES)("on %s", (engine) => {
  const onnx = sharedFile("models", "efficientnet-lite0.onnx");

  it.skipIf(onnx === undefined || !hasPhotographs)("EfficientNet-Lite0 has PyTorch's logits", async () => {
    await expectEfficientNet(onnx ?? "", { input: { mean: 127, deviation: 128 } }, engine);
  });

  it.skipIf(!hasCifar10)("cifar10-cnn.h5 predicts what Keras does, for 1,000 pictures", async () => {
    await expectCifar10(engine);
  });
});
