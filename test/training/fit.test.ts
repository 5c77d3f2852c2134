import { describe, expect, it, vi } from "vitest";
import { InputRangeError } from "../../src/errors.ts";
import type { Callback } from "../../src/training/callback.ts";
import { EarlyStopping } from "../../src/training/callbacks/early-stopping.ts";
import { ReduceOnPlateau } from "../../src/training/callbacks/reduce-on-plateau.ts";
import { StopOnNaN } from "../../src/training/callbacks/stop-on-nan.ts";
import type { EpochEvent, FitEvent, StepEvent } from "../../src/training/events.ts";
import type { FitOptions } from "../../src/training/fit-options.ts";
import { adam, sgd } from "../../src/training/optimizers.ts";
import { constant, cosine, exponential, learningRates, oneCycle, step } from "../../src/training/schedules.ts";
import { barImages, compiled, weightBytes, withTargets } from "../model/networks.ts";

const data = barImages(23);
const validation = barImages(9, 2);
const BATCH = 6;
const STEPS = 4;

async function events(options: FitOptions, learningRate = 0.05): Promise<FitEvent[]> {
  const model = await compiled({ batchSize: BATCH, optimizer: sgd({ learningRate }) });
  const seen: FitEvent[] = [];
  for await (const event of model.fitEvents(data, options)) seen.push(event);
  return seen;
}

const isStep = (event: FitEvent): event is StepEvent => event.event === "step";
const isEpoch = (event: FitEvent): event is EpochEvent => event.event === "epoch";

describe("the events of a run", () => {
  it("are every step and every epoch, in order, with their counts", async () => {
    const seen = await events({ epochs: 2 });
    const order = seen.map((event) => (isStep(event) ? `${event.epoch}.${event.stepInEpoch}` : `epoch ${event.epoch}`));
    expect(order).toEqual(["1.1", "1.2", "1.3", "1.4", "epoch 1", "2.1", "2.2", "2.3", "2.4", "epoch 2"]);
    const steps = seen.filter(isStep);
    expect(steps.map((event) => event.step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(steps.map((event) => event.batchSize)).toEqual([6, 6, 6, 5, 6, 6, 6, 5]);
    expect(new Set(steps.map((event) => event.stepsPerEpoch))).toEqual(new Set([STEPS]));
    for (const event of seen) expect(isStep(event) || isEpoch(event) ? event.imagesPerSecond : 0).toBeGreaterThan(0);
  });

  it("have means over images, not over batches", async () => {
    const seen = await events({ epochs: 2, validation });
    let loss = 0;
    let images = 0;
    for (const event of seen) {
      if (isStep(event)) {
        loss += event.loss * event.batchSize;
        images += event.batchSize;
        expect(event.epochLoss).toBeCloseTo(loss / images, 12);
        expect(event.epochAccuracy * images).toBeCloseTo(Math.round(event.epochAccuracy * images), 9);
      } else if (isEpoch(event)) {
        expect(images).toBe(data.length);
        expect(event.trainLoss).toBeCloseTo(loss / images, 12);
        expect(event.trainAccuracy * images).toBeCloseTo(Math.round(event.trainAccuracy * images), 9);
        [loss, images] = [0, 0];
      }
    }
  });

  it("have validation figures that evaluate gives too", async () => {
    const model = await compiled({ batchSize: BATCH });
    for await (const event of model.fitEvents(data, { epochs: 2, validation })) {
      if (!isEpoch(event)) continue;
      const { loss, accuracy } = await model.evaluate(validation);
      expect([event.valLoss, event.valAccuracy]).toEqual([loss, accuracy]);
    }
    expect((await events({})).filter(isEpoch)[0]).not.toHaveProperty("valLoss");
  });

  it("have no accuracy where the loss knows no classes", async () => {
    const model = await compiled({ batchSize: BATCH, loss: "meanSquaredError" });
    const targets = withTargets(data, 3);
    const { epochs } = await model.fit(targets, { validation: targets });
    expect(epochs[0]).toMatchObject({ trainAccuracy: Number.NaN, valAccuracy: Number.NaN });
    expect(epochs[0].valLoss).toBeGreaterThan(0);
  });

  it("end in a history of the epochs", async () => {
    const model = await compiled({ batchSize: BATCH });
    const history = await model.fit(data, { epochs: 3 });
    expect(history.end).toBe("completed");
    expect(history.epochs.map(({ epoch, epochs }) => [epoch, epochs])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
  });
});

describe("the learning rate", () => {
  it.each([
    constant(),
    cosine({ warmupEpochs: 0.5 }),
    oneCycle(),
    exponential({ decay: 0.5 }),
    step({ stepEpochs: 1 }),
  ])("follows the schedule $type in every step", async (schedule) => {
    const seen = await events({ epochs: 3, schedule });
    const wanted = Array.from({ length: 12 }, (_, i) => learningRates(schedule, 12, STEPS)(0.05, i));
    expect(seen.filter(isStep).map(({ lr }) => lr)).toEqual(wanted);
    expect(seen.filter(isEpoch).map(({ lr }) => lr)).toEqual([wanted[3], wanted[7], wanted[11]]);
  });

  it("is what the weights move by, and what callbacks make of it", async () => {
    const halve: Callback = {
      name: "halve",
      onStepEnd(_, control) {
        control.learningRateFactor /= 2;
      },
    };
    const model = await compiled({ batchSize: data.length, optimizer: sgd({ learningRate: 0.5 }) });
    const { network } = model;
    let before = model.getWeight("out/bias");
    for await (const event of model.fitEvents(data, { epochs: 3, callbacks: [halve] })) {
      if (!isStep(event)) continue;
      expect(event.lr).toBe(0.5 / 2 ** (event.step - 1));
      const after = model.getWeight("out/bias");
      network.gradient("out/bias").forEach((gradient, i) => {
        expect(after[i]).toBeCloseTo(before[i] - event.lr * gradient, 6);
      });
      before = after;
    }
  });
});

describe("callbacks", () => {
  it("are called in order, before the event goes out, and waited for", async () => {
    const log: string[] = [];
    const make = (name: string, delay: number): Callback => ({
      name,
      async onStepEnd(event) {
        await new Promise((resolve) => setTimeout(resolve, delay));
        log.push(`${name} step ${event.step}`);
      },
      async onEpochEnd(event) {
        await new Promise((resolve) => setTimeout(resolve, delay));
        log.push(`${name} epoch ${event.epoch}`);
      },
      onTrainEnd() {
        log.push(`${name} end`);
      },
    });
    const model = await compiled({ batchSize: 12 });
    for await (const event of model.fitEvents(data, { callbacks: [make("a", 2), make("b", 0)] })) {
      log.push(isStep(event) ? `event step ${event.step}` : `event epoch ${event.epoch}`);
    }
    const of = (what: string) => [`a ${what}`, `b ${what}`, `event ${what}`];
    expect(log).toEqual([...of("step 1"), ...of("step 2"), ...of("epoch 1"), "a end", "b end"]);
  });

  it("can stop the run after a step or an epoch, and say why", async () => {
    const at = async (when: Partial<Callback>) => {
      const model = await compiled({ batchSize: BATCH });
      const ended: string[] = [];
      const callback: Callback = { name: "stopper", onTrainEnd: () => void ended.push("end"), ...when };
      let steps = 0;
      const run = model.fitEvents(data, { epochs: 3, callbacks: [callback] });
      for (;;) {
        const next = await run.next();
        if (next.done === true) return { steps, ended, end: next.value.end, epochs: next.value.epochs.length };
        steps += isStep(next.value) ? 1 : 0;
      }
    };
    const afterStep = await at({
      onStepEnd: (event, control) => {
        if (event.step === 6) control.stop("enough");
      },
    });
    expect(afterStep).toEqual({ steps: 6, ended: ["end"], end: { stopped: "enough" }, epochs: 1 });
    const afterEpoch = await at({ onEpochEnd: (_, control) => control.stop("once") });
    expect(afterEpoch).toEqual({ steps: 4, ended: ["end"], end: { stopped: "once" }, epochs: 1 });
  });

  it("can put back parameters that they copied", async () => {
    let kept: Float32Array | undefined;
    const model = await compiled({ batchSize: BATCH, optimizer: adam({ learningRate: 0.05 }) });
    let afterOne: Uint8Array | undefined;
    const keep: Callback = {
      name: "keep",
      onEpochEnd(event, control) {
        if (event.epoch !== 1) return;
        kept = control.copyParameters();
        afterOne = weightBytes(model);
      },
      onTrainEnd(control) {
        if (kept !== undefined) control.restoreParameters(kept);
      },
    };
    const { epochs } = await model.fit(data, { epochs: 3, validation, callbacks: [keep] });
    expect(weightBytes(model)).toEqual(afterOne);
    // Packed weights followed.
    expect((await model.evaluate(validation)).loss).toBe(epochs[0].valLoss);
  });

  it("cannot put back parameters of another model", async () => {
    const model = await compiled({ batchSize: BATCH, optimizer: adam() });
    let count = 0;
    const restore = (change: number): Callback => ({
      name: "wrong",
      onTrainEnd(control) {
        count = control.copyParameters().length;
        control.restoreParameters(new Float32Array(count + change));
      },
    });
    for (const change of [-1, 1]) {
      const fit = model.fit(data, { callbacks: [restore(change)] });
      await expect(fit).rejects.toThrow(/^restoreParameters: expected \d+ values, got \d+$/);
    }
    await expect(model.fit(data, { callbacks: [restore(0)] })).resolves.toHaveProperty("end", "completed");
    expect(count).toBeGreaterThan(0);
  });

  it("forget the run before", async () => {
    const watch = { monitor: "trainLoss", patience: 1 } as const;
    // Any loss but one much lower than the one before is a plateau, so what is left over would show at once.
    const callbacks = () => [new EarlyStopping(watch), new ReduceOnPlateau({ ...watch, patience: 2, minDelta: 100 })];
    const run = async (seed: number, used: readonly Callback[]) => {
      const model = await compiled({ batchSize: BATCH, optimizer: sgd({ learningRate: 0.01 }), seed });
      const { epochs, end } = await model.fit(data, { epochs: 4, callbacks: used });
      return { end, weights: weightBytes(model), rates: epochs.map(({ lr }) => lr) };
    };
    const used = callbacks();
    await run(1, used);
    expect(await run(2, used)).toEqual(await run(2, callbacks()));
  });

  it("need different names", async () => {
    const model = await compiled({});
    const fit = model.fit(data, { callbacks: [{ name: "a" }, { name: "a" }] });
    await expect(fit).rejects.toThrow(new InputRangeError("fit", "callbacks of different names", "two of one name"));
  });

  it("stop a run whose loss is no number any more", async () => {
    const model = await compiled({ batchSize: BATCH, optimizer: sgd({ learningRate: 1e30 }) });
    const { end, epochs } = await model.fit(data, { epochs: 50, callbacks: [new StopOnNaN()] });
    expect(end).toHaveProperty(
      "stopped",
      expect.stringMatching(/^stopOnNaN: expected a finite loss, got (NaN|Infinity)/),
    );
    expect(epochs.length).toBeLessThan(2);
  });
});

describe("a signal", () => {
  it("that is set already lets no step happen", async () => {
    const model = await compiled({ batchSize: BATCH });
    const before = weightBytes(model);
    const history = await model.fit(data, { signal: AbortSignal.abort() });
    expect(history).toEqual({ epochs: [], reports: [], end: "interrupted" });
    expect(weightBytes(model)).toEqual(before);
  });

  it("ends the run after the current step", async () => {
    const model = await compiled({ batchSize: BATCH });
    const controller = new AbortController();
    let steps = 0;
    const count: Callback = {
      name: "count",
      onStepEnd: () => {
        steps++;
        if (steps === 6) controller.abort();
      },
    };
    const { end, epochs } = await model.fit(data, { epochs: 3, signal: controller.signal, callbacks: [count] });
    expect([end, steps, epochs.length]).toEqual(["interrupted", 6, 1]);
  });

  it("from a timer gets through, as a long run lets the event loop breathe", async () => {
    const model = await compiled({ batchSize: 1 });
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 20);
    const { end } = await model.fit(data, { epochs: 1_000_000, signal: controller.signal });
    expect(end).toBe("interrupted");
  });
});

describe("fit", () => {
  it("learns", async () => {
    const model = await compiled({ batchSize: 10, optimizer: adam({ learningRate: 0.01 }) });
    await model.fit(barImages(200), { epochs: 6 });
    expect((await model.evaluate(barImages(100, 9))).accuracy).toBeGreaterThan(0.9);
  });

  it("again starts a new run: from the weights there are, with new moments", async () => {
    const optimizer = adam({ learningRate: 0.01 });
    const twice = await compiled({ batchSize: BATCH, optimizer });
    await twice.fit(data);
    const again = await compiled({ batchSize: BATCH, optimizer });
    await again.fit(data);
    await again.compile({ engine: "simd", batchSize: BATCH, optimizer, loss: "softmaxCrossEntropy" });
    await twice.fit(data);
    await again.fit(data);
    expect(weightBytes(twice)).toEqual(weightBytes(again));
  });

  it("with an augmentation that changes nothing is as without one", async () => {
    const [plain, augmented] = [await compiled({ batchSize: BATCH }), await compiled({ batchSize: BATCH })];
    await plain.fit(data);
    await augmented.fit(data, { augment: {} });
    expect(weightBytes(augmented)).toEqual(weightBytes(plain));
    await augmented.fit(data, { augment: { shift: 1 } });
    await plain.fit(data);
    expect(weightBytes(augmented)).not.toEqual(weightBytes(plain));
  });

  it("keeps the names of the classes", async () => {
    const model = await compiled({ batchSize: BATCH });
    await model.fit({ ...data, classNames: ["a", "b", "c"] });
    expect(model.classNames).toEqual(["a", "b", "c"]);
  });

  it.each<[FitOptions, string]>([
    [{ epochs: 0 }, "fit: expected epochs to be a whole number at least 1, got 0"],
    [{ epochs: 1.5 }, "fit: expected epochs to be a whole number at least 1, got 1.5"],
    [
      { augment: { rotate: 200 } },
      "augment: expected rotate to be a finite number at least 0 and at most 180, got 200",
    ],
    [
      JSON.parse('{ "augment": { "zoom": 1 } }'),
      'augment: expected only the keys shift, rotate, scale, shear, horizontalFlip, randomCrop, randomResizedCrop, cutout, brightness, contrast, saturation, hue, randomErasing, randAugment, mixup, cutmix, got "zoom"',
    ],
    [
      JSON.parse('{ "schedule": { "type": "linear" } }'),
      'schedule: expected one of constant, step, exponential, cosine, oneCycle, got "linear"',
    ],
  ])("refuses %j", async (options, message) => {
    const model = await compiled({ batchSize: BATCH });
    await expect(model.fit(data, options)).rejects.toThrow(message);
  });
});

describe("the seconds of an epoch", () => {
  it("are those of the work, not of whoever reads the events", async () => {
    const model = await compiled({ batchSize: 4 });
    let clock = 0;
    const now = vi.spyOn(performance, "now").mockImplementation(() => clock);
    try {
      const seconds: number[] = [];
      const options = { epochs: 2, validation: barImages(8), averageEvery: 1 };
      for await (const event of model.fitEvents(barImages(12), options)) {
        if (event.event === "epoch") seconds.push(event.seconds);
        clock += 60_000;
      }
      expect(clock).toBe(60_000 * 2 * (3 + 3 + 1));
      expect(seconds).toEqual([0, 0]);
    } finally {
      now.mockRestore();
    }
  });
});
