import { describe, expect, it } from "vitest";
import { batchNormalization } from "../../src/layers/batch-normalization.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { RandomStream } from "../../src/numeric/random.ts";
import { type Averaging, ema, parseAveraging, swa } from "../../src/training/averaging.ts";
import { adam } from "../../src/training/optimizers.ts";
import { drawSample } from "../../src/training/sampling.ts";
import { barImages, CLASSES, compiled, EXACT, weightBytes } from "../model/networks.ts";

const data = barImages(22);
const validation = barImages(10, 4);
const EPOCHS = 3;
/** Steps of an epoch, with the last batch shorter. */
const STEPS = 4;

const layers = () => [
  conv2d({ filters: 3, kernelSize: 3, strides: 2 }),
  batchNormalization({ name: "norm", momentum: 0.8 }),
  flatten(),
  dense({ units: CLASSES }),
];

function make() {
  return compiled({ ...EXACT, layers: layers(), batchSize: 6, optimizer: adam({ learningRate: 0.02 }) });
}

/** All weights after each step of a run without averaging, by name. */
async function weightsOfSteps(): Promise<Map<string, Float64Array>[]> {
  const model = await make();
  const all: Map<string, Float64Array>[] = [];
  for await (const event of model.fitEvents(data, { epochs: EPOCHS })) {
    if (event.event !== "step") continue;
    const { list } = model.network.parameters;
    all.push(
      new Map(
        list.map(({ spec, value }) => [spec.name, Float64Array.from(model.network.view(value.offset, value.size))]),
      ),
    );
  }
  return all;
}

async function averaged(averaging: Averaging) {
  const model = await make();
  const history = await model.fit(data, { epochs: EPOCHS, averaging, validation });
  return { model, history };
}

function mean(sets: readonly Map<string, Float64Array>[], shares: readonly number[], name: string): number[] {
  const length = sets[0].get(name)?.length ?? 0;
  return Array.from({ length }, (_, i) =>
    sets.reduce((sum, set, k) => sum + shares[k] * (set.get(name)?.[i] ?? Number.NaN), 0),
  );
}

function expectClose(actual: ArrayLike<number>, wanted: readonly number[]): void {
  expect(actual.length).toBe(wanted.length);
  wanted.forEach((value, i) => {
    expect(actual[i]).toBeCloseTo(value, 6);
  });
}

describe("averaged weights", () => {
  it("are the mean of the weights after each step that counts, with swa", async () => {
    const steps = await weightsOfSteps();
    const { model } = await averaged(swa({ startEpoch: 1.5, every: 2, statisticsImages: 0 }));
    // From after step 6 on, every second: 8, 10, 12.
    const counted = [steps[7], steps[9], steps[11]];
    for (const name of model.weights().keys()) {
      expectClose(model.getWeight(name), mean(counted, [1 / 3, 1 / 3, 1 / 3], name));
    }
  });

  it("forget by the decay, sooner at the start, with ema", async () => {
    const steps = await weightsOfSteps();
    const decay = 0.3;
    const { model } = await averaged(ema({ decay }));
    let shares: number[] = [1];
    for (let k = 2; k <= steps.length; k++) {
      const kept = Math.min(decay, k / (k + 9));
      shares = [...shares.map((share) => share * kept), 1 - kept];
    }
    expect(2 / 11).toBeLessThan(decay);
    for (const name of model.weights().keys()) expectClose(model.getWeight(name), mean(steps, shares, name));
  });

  it("are what validation sees, while training goes on with its own", async () => {
    const plain = await make();
    const { epochs } = await plain.fit(data, { epochs: EPOCHS, validation });
    const { model, history } = await averaged(ema({ decay: 0.9 }));
    expect(history.epochs.map(({ trainLoss }) => trainLoss)).toEqual(epochs.map(({ trainLoss }) => trainLoss));
    expect(history.epochs[0].valLoss).not.toBe(epochs[0].valLoss);
    expect((await model.evaluate(validation)).loss).toBe(history.epochs.at(-1)?.valLoss);
  });

  it("get statistics of their own over training images", async () => {
    const { model } = await averaged(swa({ startEpoch: 2 }));
    const { network, architecture } = model;
    // By hand: the convolution of the images, in the order that the run draws them.
    const order = drawSample(data.length, data.length, RandomStream.from(model.seed, "statistics"));
    const kernel = model.getWeight("conv2d/kernel");
    const bias = model.getWeight("conv2d/bias");
    const [h, w, c] = data.shape;
    const means = [0, 0, 0];
    const variances = [0, 0, 0];
    const batches = [order.subarray(0, 6), order.subarray(6, 12), order.subarray(12, 18)];
    for (const batch of batches) {
      for (let k = 0; k < 3; k++) {
        const values: number[] = [];
        for (const image of batch) {
          for (let y = 0; y + 3 <= h; y += 2) {
            for (let x = 0; x + 3 <= w; x += 2) {
              let sum = bias[k];
              for (let i = 0; i < 9 * c; i++) {
                const [row, column, channel] = [Math.floor(i / (3 * c)), Math.floor(i / c) % 3, i % c];
                const pixel = data.images[((image * h + y + row) * w + x + column) * c + channel] / 128 - 1;
                sum += pixel * kernel[i * 3 + k];
              }
              values.push(sum);
            }
          }
        }
        const average = values.reduce((sum, value) => sum + value, 0) / values.length;
        means[k] += average / 3;
        variances[k] += values.reduce((sum, value) => sum + (value - average) ** 2, 0) / (values.length - 1) / 3;
      }
    }
    expect(network.batchSize).toBe(6);
    expect(architecture.output).toEqual([CLASSES]);
    expectClose(model.getWeight("norm/movingMean"), means);
    expectClose(model.getWeight("norm/movingVariance"), variances);
  });

  it("leave a second run of the same model to itself", async () => {
    const simd = () => compiled({ layers: layers(), batchSize: 6, optimizer: adam({ learningRate: 0.02 }) });
    const twice = await simd();
    await twice.fit(data, { averaging: ema() });
    const before = weightBytes(twice);
    const again = await simd();
    for (const name of again.weights().keys()) again.setWeight(name, twice.getWeight(name));
    expect(weightBytes(again)).toEqual(before);
    await twice.fit(data, { averaging: ema() });
    await again.fit(data, { averaging: ema() });
    expect(weightBytes(again)).toEqual(weightBytes(twice));
  });
});

describe("averaging options", () => {
  it.each<[unknown, string]>([
    [{ type: "mean" }, 'averaging: expected one of ema, swa, got "mean"'],
    [{ type: "ema", decay: 1 }, 'averaging "ema": expected decay to be a finite number at least 0 and below 1, got 1'],
    [{ type: "swa", decay: 0.5 }, 'averaging "swa": expected only the keys'],
    [{ type: "swa", every: 0 }, 'averaging "swa": expected every to be a whole number at least 1, got 0'],
  ])("refuse %j", (json, message) => {
    expect(() => parseAveraging(json)).toThrow(message);
  });

  it("are complete once parsed, and parse again to the same", () => {
    const full = parseAveraging("ema");
    expect(full).toEqual({ type: "ema", decay: 0.999, startEpoch: 0, every: 1, statisticsImages: 0 });
    expect(parseAveraging(full)).toEqual(full);
    expect(swa({ startEpoch: 2 })).toEqual(parseAveraging({ type: "swa", startEpoch: 2, statisticsImages: 10_000 }));
  });

  it("need weights that count", async () => {
    const model = await make();
    await expect(model.fit(data, { epochs: 2, averaging: swa({ startEpoch: 2 }) })).rejects.toThrow(
      'averaging "swa": expected a start and a step within the 2 epochs, got startEpoch 2 and every 1',
    );
    expect(STEPS).toBe(model.trainer(data).stepsPerEpoch);
  });
});
