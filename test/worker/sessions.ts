/**
 * Sessions for the tests, which are ended when a test is.
 *
 * @module
 */

import { onTestFinished } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import type { RemoteCompileOptions } from "../../src/worker/contract.ts";
import type { RemoteModel } from "../../src/worker/remote-model.ts";
import { createSession, type Session } from "../../src/worker/session.ts";
import type { SessionOptions } from "../../src/worker/session-options.ts";
import { barImages, everyLayer, SHAPE } from "../model/networks.ts";

/** The images of the tests, in a worker and here. */
export const DATA: Dataset = barImages(70);

/** A session that ends with the test. */
export async function session(options: SessionOptions = {}): Promise<Session> {
  const made = await createSession(options);
  onTestFinished(() => made.terminate());
  return made;
}

/** A session's form of `created` and `compiled` of the models' tests. */
export async function compiledIn(made: Session, options: RemoteCompileOptions = {}): Promise<RemoteModel> {
  const model = await made.createModel({
    input: { shape: SHAPE, scale: 1 / 128, offset: -1 },
    layers: everyLayer(),
    seed: 7,
  });
  await model.compile({ engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy", ...options });
  return model;
}
