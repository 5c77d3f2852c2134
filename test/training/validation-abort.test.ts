import { expect, it } from "vitest";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { barImages, CLASSES, compiled, weightBytes } from "../model/networks.ts";

it("a run can be stopped within a validation, and goes on with it", async () => {
  const layers = [flatten(), dense({ units: CLASSES })];
  const make = () => compiled({ layers, batchSize: 4, optimizer: sgd({ learningRate: 0.1 }), seed: 1 });
  const [train, validation] = [barImages(8, 1), barImages(8, 2)];

  const whole = await make();
  const history = await whole.fit(train, { epochs: 2, validation });

  const cut = await make();
  const controller = new AbortController();
  // Reading the images of the validation is the first thing that it does.
  const watched = { ...validation };
  Object.defineProperty(watched, "images", {
    get() {
      controller.abort(new Error("stop"));
      return validation.images;
    },
  });
  const first = cut.trainer(train, { epochs: 2, validation: watched, signal: controller.signal });
  const events = first.run();
  let next = await events.next();
  while (next.done !== true) next = await events.next();
  expect(next.value).toEqual({ epochs: [], reports: [], end: "interrupted" });
  expect(first.progress).toMatchObject({ epoch: 0, stepInEpoch: 2, step: 2 });

  const second = cut.trainer(train, { epochs: 2, validation });
  second.resume(first.progress);
  const rest = second.run();
  next = await rest.next();
  expect(next.value).toMatchObject({ event: "epoch", epoch: 1, valLoss: history.epochs[0].valLoss });
  while (next.done !== true) next = await rest.next();
  expect(next.value.end).toBe("completed");
  expect(weightBytes(cut)).toEqual(weightBytes(whole));
});
