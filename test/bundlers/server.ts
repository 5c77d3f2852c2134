/**
 * A program as servers have it, put together by a bundler and run where neither convasm nor any other package is.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect } from "vitest";
import { FILES } from "../data/read/files.ts";
import { greyJpeg } from "../node/pictures.ts";

const run = promisify(execFile);

/** Results of `train` where all works: threads, sessions and replicas, and readers with wasm files of their own. */
export const WORKS = { threads: 2, same: true, replicas: 2, csv: 2, hdf5: [6, 6], jpeg: [16, 8, 220] };

/** Code that trains a model on two threads, and begins a session. */
export const TRAINED = `const options = { input: [28, 28, 1], layers: [conv2d({ filters: 4, kernelSize: 3 }), flatten(), dense({ units: 10 })] };
  const compile = { engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy" };
  const model = createModel(options);
  await model.compile({ ...compile, threads: 2 });
  await model.fit(digits({ count: 64, seed: 1 }));
  const session = await createSession();`;

/** `train.js`, for whatever imports it. */
const TRAIN = `
import { Buffer } from "node:buffer";
import { createModel, createSession, conv2d, decodeImage, dense, digits, flatten, readData, weightsSha256 } from "convasm";

const HDF5 = "HDF5_FILE";
const JPEG = "JPEG_FILE";

export async function train() {
  ${TRAINED}
  const data = await session.digits({ count: 64, seed: 1 });
  const remote = await session.createModel(options);
  await remote.compile({ ...compile, threads: 2 });
  await (await remote.fit(data)).finished;
  const copies = await session.createModel(options);
  const { replicas } = await copies.compile({ ...compile, threads: 1, replicas: 2 });
  await (await copies.fit(data)).finished;
  const csv = { name: "a.csv", bytes: new TextEncoder().encode("label,a,b,c,d\\n1,0,255,0,255\\n0,255,0,255,0\\n") };
  const hdf5 = [{ name: "a.h5", bytes: new Uint8Array(Buffer.from(HDF5, "base64")) }];
  const image = await decodeImage(new Uint8Array(Buffer.from(JPEG, "base64")), "a.jpg");
  const result = {
    threads: model.network.engine.threads,
    same: weightsSha256(model) === (await remote.weightsSha256()),
    replicas,
    csv: (await readData([csv])).train.length,
    hdf5: [(await readData(hdf5)).train.length, (await session.readData(hdf5)).train.length],
    jpeg: [image.width, image.height, 10 * Math.round(image.data[4 * (6 * 16 + 12)] / 10)],
  };
  session.terminate();
  model.dispose();
  return result;
}
`;

/** Writes `train.js`, and `server.js` that prints what it gives, into a folder where convasm is installed. */
export function writeServer(folder: string): void {
  const hdf5 = readFileSync(join(FILES, "floats.h5")).toString("base64");
  const jpeg = Buffer.from(greyJpeg).toString("base64");
  const train = TRAIN.replace("HDF5_FILE", hdf5).replace("JPEG_FILE", jpeg);
  writeFileSync(join(folder, "train.js"), train);
  writeFileSync(
    join(folder, "server.js"),
    'import { train } from "./train.js";\ntrain().then((result) => console.log(JSON.stringify(result)));\n',
  );
}

/** Runs a program in its own folder and looks at what it prints. */
export async function expectWorks(folder: string, file: string): Promise<void> {
  const { stdout, stderr } = await run(process.execPath, [join(folder, file)], { cwd: folder });
  expect(stderr).toBe("");
  expect(JSON.parse(stdout)).toEqual(WORKS);
}
