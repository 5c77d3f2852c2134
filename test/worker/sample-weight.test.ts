import { expect, it } from "vitest";
import { createDataset } from "../../src/data/dataset.ts";
import { compiled, weightBytes } from "../model/networks.ts";
import { compiledIn, DATA, session } from "./sessions.ts";

/** A copy of the images of the tests, of which some count not at all, and others twice. */
const weighted = () =>
  createDataset({
    ...DATA,
    images: DATA.images.slice(),
    labels: DATA.labels?.slice(),
    sampleWeight: Float32Array.from({ length: DATA.length }, (_, i) => (i % 5) / 2),
  });

it.each([false, true])("weights of images count in a session as they do without, moved there: %s", async (transfer) => {
  const compile = { batchSize: 16 };
  const model = await compiled(compile);
  const history = await model.fit(weighted(), { epochs: 2, validation: weighted() });
  const evaluation = await model.evaluate(weighted());

  const made = await session();
  const [data, validation] = [
    await made.addDataset(weighted(), { transfer }),
    await made.addDataset(weighted(), { transfer }),
  ];
  const remote = await compiledIn(made, compile);
  const run = await remote.fit(data, { epochs: 2, validation });
  const { epochs } = await run.finished;
  const figures = history.epochs.map(({ trainLoss, valLoss }) => [trainLoss, valLoss]);
  expect(epochs.map(({ trainLoss, valLoss }) => [trainLoss, valLoss])).toEqual(figures);
  for (const [name, shape] of await remote.weights()) {
    expect([name, shape, await remote.getWeight(name)]).toEqual([name, shape, model.getWeight(name)]);
  }
  const { seconds: _, ...wanted } = { seconds: 0, ...evaluation };
  expect(await remote.evaluate(validation)).toMatchObject(wanted);

  const plain = await compiled(compile);
  await plain.fit(DATA, { epochs: 2 });
  expect(weightBytes(plain)).not.toEqual(weightBytes(model));
});
