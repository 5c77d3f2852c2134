/**
 * A training run that is the same wherever the library runs.
 *
 * @module
 */

import type { Dataset, ModelOptions } from "../../../src/index.ts";

type Library = typeof import("../../../src/index.ts");

export interface TrainOptions {
  readonly engine: "js" | "simd" | "relaxed" | "auto";
  readonly threads?: number;
}

export interface Trained {
  /** Fingerprint of all weights, as `weightsSha256` in Node gives it. */
  readonly sha256: string;
  readonly engine: string;
  readonly threads: number;
  readonly threadsReason: string | undefined;
}

const NETWORK_SEED = 3;
const IMAGES = 160;
const SHAPE = [28, 28, 1] as const;
const COMPILE = { optimizer: "adam", loss: "softmaxCrossEntropy", batchSize: 32 } as const;

/** A network that has most kinds of layers. */
function network({ batchNormalization, conv2d, dense, dropout, flatten, maxPooling2d, relu }: Library): ModelOptions {
  return {
    input: { shape: SHAPE, scale: 1 / 255 },
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
    seed: NETWORK_SEED,
  };
}

/** Bars in ten places before noise: images that every build can make. */
function bars({ createDataset, RandomStream }: Library): Dataset {
  const stream = RandomStream.from(5, "bars");
  const [height, width] = SHAPE;
  const labels = Uint8Array.from({ length: IMAGES }, (_, i) => i % 10);
  const images = Uint8Array.from({ length: IMAGES * height * width }, (_, at) => {
    const place = 2 + 2.4 * labels[Math.floor(at / (height * width))];
    return 128 * stream.uniform(at) + (Math.abs((at % width) - place) < 2 ? 127 : 0);
  });
  return createDataset({ shape: SHAPE, images, labels });
}

/** A few steps of training, in the thread that calls it. */
export async function train(library: Library, { engine, threads = 1 }: TrainOptions): Promise<Trained> {
  const model = library.createModel(network(library));
  await model.compile({ ...COMPILE, engine, threads });
  await model.fit(bars(library), { epochs: 1 });
  const sha256 = await sha256Of(library, model.save());
  const { name, threads: used, reason: threadsReason } = model.network.engine;
  const trained = { sha256, engine: name, threads: used, threadsReason };
  model.dispose();
  return trained;
}

/** Trains in a worker of the library's own. */
export async function trainInSession(library: Library, { engine, threads = 1 }: TrainOptions): Promise<Trained> {
  const session = await library.createSession();
  const model = await session.createModel(network(library));
  const used = await model.compile({ ...COMPILE, engine, threads });
  const run = await model.fit(await session.addDataset(bars(library)), { epochs: 1 });
  await run.finished;
  const sha256 = await sha256Of(library, await model.save());
  session.terminate();
  return { sha256, engine: used.name, threads: used.threads, threadsReason: used.reason };
}

async function sha256Of({ decodeSafetensors, readCheckpoint }: Library, file: Uint8Array): Promise<string> {
  const { weights } = readCheckpoint(decodeSafetensors(file), "the trained model");
  const bytes = await new Blob([...weights.values()].map(({ data }) => new Float32Array(data))).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
