/**
 * A process that reads files which may be broken, one after the other, and tells what came of each: so that a crash or a
 * hang ends this process and not the tests.
 */

import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import type * as Convasm from "../../src/node.ts";

/** The kind of reading of a file. */
export type Reading = "data" | "model" | "resume" | "network" | "weights" | "foreign";

/** A file to read, with those that belong to it. */
export interface Request {
  readonly reading: Reading;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

/** Result of a request. */
export interface Reply {
  /** SHA-256 of what was read; undefined where the file was refused. */
  readonly sha256?: string | undefined;
  /** Name and message of the error. */
  readonly error?: { readonly name: string; readonly message: string; readonly stack: string } | undefined;
  /** Seconds of processor time. */
  readonly seconds: number;
  /** Bytes by which the process grew beyond the largest size that it had before. */
  readonly grownBytes: number;
}

const library: typeof Convasm = await import(pathToFileURL(process.argv[2]).href);

type Hash = ReturnType<typeof createHash>;

function addDataset(hash: Hash, data: Convasm.Dataset | undefined): void {
  if (data === undefined) return;
  const { shape, images, labels, targets, classes, classNames } = data;
  hash.update(JSON.stringify([shape, images.constructor.name, classes, classNames]));
  for (const array of [images, labels, targets]) {
    if (array !== undefined) hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength));
  }
}

const READINGS: Readonly<Record<Reading, (files: Request["files"], hash: Hash) => Promise<void>>> = {
  async data(files, hash) {
    const { train, test } = await library.readData(files, { stretch: true, decodeImage: library.decodeImage });
    addDataset(hash, train);
    addDataset(hash, test);
  },
  async model([{ bytes }], hash) {
    const model = await library.loadModel(bytes, { engine: "js" });
    hash.update(library.weightsSha256(model));
    model.dispose();
  },
  async resume([{ bytes }], hash) {
    const model = await library.loadModel(bytes, { engine: "js", training: true });
    const trainer = model.trainer(library.digits({ count: 32, seed: 1 }), { epochs: 2 });
    library.resumeTrainer(trainer, library.readCheckpoint(library.decodeSafetensors(bytes), "checkpoint"));
    for await (const event of trainer.run()) if (event.event === "epoch") break;
    hash.update(library.weightsSha256(model));
    model.dispose();
  },
  async weights([{ bytes }], hash) {
    const { conv2d, batchNormalization, relu, flatten, dense } = library;
    const layers = [
      conv2d({ filters: 2, kernelSize: 3 }),
      batchNormalization(),
      relu(),
      flatten(),
      dense({ units: 3 }),
    ];
    const network = { input: { shape: [4, 4, 1] as const }, layers };
    const { model, pairs } = await library.importModel(bytes, { engine: "js", network });
    hash.update(JSON.stringify(pairs));
    hash.update(library.weightsSha256(model));
    model.dispose();
  },
  async foreign(files, hash) {
    const own = files.find(({ name }) => name.endsWith(".json")) ?? files[0];
    const list = [own, ...files.filter((file) => file !== own)];
    const { model, pairs, notes } = await library.importModel(list, { engine: "js", input: "raw", batchSize: 1 });
    hash.update(JSON.stringify([pairs, notes, model.architecture.toJson()]));
    hash.update(library.weightsSha256(model));
    model.dispose();
  },
  async network([{ bytes }], hash) {
    const layers = library.readLayers(JSON.parse(new TextDecoder().decode(bytes)), "layers");
    const model = library.createModel({ input: { shape: [28, 28, 1] }, layers });
    hash.update(JSON.stringify(model.architecture.toJson()));
  },
};

function processorSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function answer({ reading, files }: Request): Promise<Reply> {
  globalThis.gc?.();
  const before = Math.max(process.resourceUsage().maxRSS * 1024, process.memoryUsage.rss());
  const began = processorSeconds();
  const hash = createHash("sha256");
  const error = await READINGS[reading](files, hash).then(
    () => undefined,
    (reason: unknown) =>
      reason instanceof Error
        ? { name: reason.name, message: reason.message, stack: reason.stack ?? "" }
        : { name: typeof reason, message: String(reason), stack: "" },
  );
  const grownBytes = Math.max(0, process.resourceUsage().maxRSS * 1024 - before);
  const common = { seconds: processorSeconds() - began, grownBytes };
  return error === undefined ? { ...common, sha256: hash.digest("hex") } : { ...common, error };
}

process.on("message", (request: Request) => {
  answer(request).then((reply) => process.send?.(reply));
});
process.send?.("ready");
