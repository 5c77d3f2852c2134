/**
 * Trainings on several numbers of threads, whose bits are compared.
 *
 * @module
 */

import { describe, expect, it } from "vitest";
import { batchNormalization } from "../../../src/layers/batch-normalization.ts";
import { conv2d } from "../../../src/layers/conv2d.ts";
import { dense } from "../../../src/layers/dense.ts";
import { flatten } from "../../../src/layers/flatten.ts";
import type { Layer } from "../../../src/layers/layer.ts";
import { maxPooling2d } from "../../../src/layers/max-pooling2d.ts";
import type { CompileOptions } from "../../../src/training/compile-options.ts";
import { HOST_ENGINES } from "../../engines.ts";
import { barImages, CLASSES, compiled, everyLayer, weightBytes } from "../../model/networks.ts";

const data = barImages(23);

export const NETWORKS: Record<string, () => Layer[]> = {
  "every layer": everyLayer,
  // The second convolution is wide enough for Winograd, whose kernels need scratch of the thread's own.
  "two convolutions, pooling, a wide dense layer": () => [
    conv2d({ filters: 17, kernelSize: 3, padding: "same", activation: "relu" }),
    conv2d({ filters: 19, kernelSize: 3, padding: "same", activation: "relu" }),
    maxPooling2d({ poolSize: 2 }),
    flatten(),
    dense({ units: 33, activation: "relu" }),
    dense({ units: CLASSES }),
  ],
  "normalisation at both ends": () => [
    batchNormalization({ momentum: 0.5 }),
    conv2d({ filters: 5, kernelSize: [4, 2], strides: 2, padding: "same" }),
    batchNormalization({ momentum: 0.5 }),
    flatten(),
    dense({ units: CLASSES, useBias: false }),
    batchNormalization(),
  ],
};

/** Tests of a training with these settings, on every engine with threads. */
export function testBits(run: Pick<CompileOptions, "batchSize" | "optimizer">): void {
  describe.each(HOST_ENGINES.filter((engine) => engine !== "js"))("on %s", (engine) => {
    describe.each(Object.keys(NETWORKS))("%s", (name) => {
      it(`is trained to the same bits by any number of threads, ${run.batchSize} images at once`, async () => {
        const results: (readonly [Uint8Array, number])[] = [];
        for (const threads of [1, 2, 3, 5, "auto"] as const) {
          const model = await compiled({ ...run, engine, threads, layers: NETWORKS[name]() });
          await model.fit(data, { epochs: 2, augment: { shift: 1.5, rotate: 10 } });
          const { loss } = await model.evaluate(data);
          results.push([weightBytes(model), loss]);
          if (threads !== "auto") expect(model.network.engine.threads).toBe(threads);
          model.dispose();
        }
        for (const result of results) expect(result).toEqual(results[0]);
      });
    });
  });
}
