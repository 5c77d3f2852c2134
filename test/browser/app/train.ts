/**
 * A training run that is the same wherever the library runs.
 *
 * @module
 */

type Library = typeof import("../../../src/index.ts");

export interface TrainOptions {
  readonly gear: "js" | "simd" | "relaxed" | "auto";
  readonly threads?: number;
}

export interface Trained {
  /** Of all weights, as `weightsSha256` in Node gives it. */
  readonly sha256: string;
  readonly gear: string;
  readonly threads: number;
  readonly threadsReason: string | undefined;
}

/** A few steps of a network that has most kinds of layers, on generated digits. */
export async function train(library: Library, { gear, threads = 1 }: TrainOptions): Promise<Trained> {
  const { batchNormalization, conv2d, createModel, dense, digits, dropout, flatten, maxPooling2d, relu, adam } =
    library;
  const model = createModel({
    input: { shape: [28, 28, 1], scale: 1 / 255 },
    layers: [
      conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
      maxPooling2d(),
      conv2d({ filters: 16, kernelSize: 3, useBias: false }),
      batchNormalization(),
      relu(),
      maxPooling2d(),
      flatten(),
      dropout({ rate: 0.2 }),
      dense({ units: 10 }),
    ],
    seed: 3,
  });
  await model.compile({ gear, threads, optimizer: adam(), loss: "softmaxCrossEntropy", batchSize: 32 });
  await model.fit(digits({ count: 160, seed: 5 }), { epochs: 1 });
  const { engine } = model.network;
  const result = {
    sha256: await sha256Of(library, model.save()),
    gear: engine.gear,
    threads: engine.threads,
    threadsReason: engine.threadsReason,
  };
  model.dispose();
  return result;
}

async function sha256Of({ decodeSafetensors, readCheckpoint }: Library, file: Uint8Array): Promise<string> {
  const { weights } = readCheckpoint(decodeSafetensors(file), "the trained model");
  const bytes = await new Blob([...weights.values()].map(({ data }) => new Float32Array(data))).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
