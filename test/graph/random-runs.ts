/**
 * Runs random networks on engines, thread counts and memory plans, and compares what comes out.
 *
 * @module
 */

import { expect } from "vitest";
import type { EngineOptions } from "../../src/engine/engine-options.ts";
import { readLayers } from "../../src/graph/read.ts";
import { sizeOf } from "../../src/layers/shape.ts";
import { Architecture } from "../../src/model/architecture.ts";
import { Network } from "../../src/model/network.ts";
import { softmaxCrossEntropy } from "../../src/training/losses.ts";
import { sgd } from "../../src/training/optimizers.ts";
import { HOST_ENGINES } from "../engines.ts";
import { IMAGES, initial, pattern } from "../golden/patterns.ts";
import { CLASSES, type RandomNetwork, randomNetwork, withFrozenParts } from "./random-networks.ts";

/** Images that the networks are planned for, of which a batch may have fewer. */
const BATCH = 5;

/** The arrays that a run left, by name. */
type Outcome = ReadonlyMap<string, Float64Array>;

interface Setting extends EngineOptions {
  readonly compact: boolean;
}

const REFERENCE: Setting = { engine: "js", precision: "float64", threads: 1, compact: false };

async function create(random: RandomNetwork, setting: Setting, batchSize: number): Promise<Network> {
  const layers = readLayers(random.layers, "layers");
  const architecture = new Architecture({ input: random.shape, layers });
  const optimizer = sgd();
  const network = await Network.create(architecture, {
    ...{ ...setting, batchSize, seed: 0, loss: softmaxCrossEntropy(), optimizer },
  });
  for (const [number, { name, shape }] of started(architecture).entries()) {
    const { offset, size } = network.parameters.get(name).value;
    network.view(offset, size).set(initial(number, name.slice(name.lastIndexOf("/") + 1), shape));
  }
  network.parametersChanged();
  return network;
}

/** The parameters that are no statistics, frozen ones among them. */
function started(architecture: Architecture) {
  return architecture.parameters().filter(({ role }) => role !== "statistic");
}

function trained(architecture: Architecture) {
  return architecture.parameters().filter((parameter) => parameter.trained);
}

function stage(network: Network, { shape }: RandomNetwork, n: number): void {
  network.stageImages(Float32Array.from(pattern(IMAGES, n * sizeOf(shape))), n, 0);
  network.stageTargets(
    { labels: Uint8Array.from({ length: n }, (_, i) => i % CLASSES), targets: undefined, classes: CLASSES },
    n,
    0,
  );
}

/** Does a training step of `n` images and evaluates them in both ways. */
function outcomeOf(network: Network, random: RandomNetwork, n: number): Outcome {
  stage(network, random, n);
  network.trainStep(n, 1, 0, false);
  const outcome = new Map([["losses", Float64Array.from(network.results(n).losses)]]);
  for (const { name } of trained(network.architecture)) {
    outcome.set(`gradient of ${name}`, Float64Array.from(network.gradient(name)));
  }
  for (const mode of ["inference", "batchStatistics"] as const) {
    network.evaluate(n, mode, true);
    outcome.set(`outputs, ${mode}`, Float64Array.from(network.predictions(n)));
  }
  return outcome;
}

async function run(random: RandomNetwork, setting: Setting, n: number): Promise<Outcome> {
  const network = await create(random, setting, BATCH);
  const outcome = outcomeOf(network, random, n);
  network.dispose();
  return outcome;
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
}

/**
 * Fails unless each array is as near to the wanted one as `tolerance` times its norm; a gradient may be a sum of large terms
 * that cancel, so a thousandth of the largest norm of all is allowed for.
 */
function expectNear(label: string, actual: Outcome, wanted: Outcome, tolerance: number): void {
  const least = Math.max(...[...wanted].filter(([name]) => name.startsWith("gradient")).map(([, v]) => norm(v))) / 1000;
  for (const [name, values] of wanted) {
    const got = actual.get(name) ?? new Float64Array();
    const error = norm(values.map((value, i) => value - got[i])) / Math.max(norm(values), least);
    // Negated, so that NaN fails.
    if (!(error <= tolerance))
      expect.fail(`${label}, ${name}: expected an error of at most ${tolerance}, got ${error}`);
  }
}

function expectSame(label: string, actual: Outcome, wanted: Outcome): void {
  for (const [name, values] of wanted) {
    const got = actual.get(name) ?? new Float64Array();
    const differs = values.findIndex((value, i) => !Object.is(value, got[i]));
    if (differs >= 0) expect.fail(`${label}, ${name}[${differs}]: expected ${values[differs]}, got ${got[differs]}`);
  }
}

/**
 * Fails unless the network of a seed gives the same numbers in every engine as in float64 on plain kernels, with memory that
 * serves twice and without, and on every number of threads the same bits.
 *
 * @param frozen whether some layers are frozen
 */
export async function checkEngines(seed: number, threadCounts: readonly number[], frozen = false): Promise<void> {
  const random = frozen ? withFrozenParts(randomNetwork(seed)) : randomNetwork(seed);
  const n = 1 + (seed % BATCH);
  const wanted = await run(random, REFERENCE, n);
  expectSame(`network ${seed}, float64, compact`, await run(random, { ...REFERENCE, compact: true }, n), wanted);
  for (const engine of HOST_ENGINES) {
    let first: Outcome | undefined;
    for (const threads of engine === "js" ? [1] : threadCounts) {
      for (const compact of [false, true]) {
        const label = `network ${seed}, ${n} images, ${engine}, ${threads} threads${compact ? ", compact" : ""}`;
        const outcome = await run(random, { engine, threads, compact }, n);
        if (first === undefined) expectNear(label, outcome, wanted, 1e-3);
        else expectSame(label, outcome, first);
        first ??= outcome;
      }
    }
  }
}

/** Steps of central differences: a corner, such as a ReLU's, may lie within a step, but hardly within the next. */
const STEPS = [1e-6, 1e-7, 1e-8];
const LARGEST_ERROR = 1e-3;

/** Fails unless the loss changes in a random direction of each parameter as its gradient says, in float64. */
export async function checkDifferences(seed: number, frozen = false): Promise<void> {
  const random = frozen ? withFrozenParts(randomNetwork(seed)) : randomNetwork(seed);
  const n = 2 + (seed % (BATCH - 1));
  const network = await create(random, REFERENCE, BATCH);
  const outcome = outcomeOf(network, random, n);
  const specs = trained(network.architecture);
  const largest = Math.max(...specs.map(({ name }) => norm(outcome.get(`gradient of ${name}`) ?? new Float64Array())));
  const meanLoss = () => {
    network.parametersChanged();
    network.evaluate(n, "batchStatistics", true);
    return Array.from(network.results(n).losses).reduce((sum, loss) => sum + loss, 0) / n;
  };
  for (const [number, { name }] of specs.entries()) {
    const gradient = outcome.get(`gradient of ${name}`) ?? new Float64Array();
    const direction = pattern(IMAGES + 1 + number, gradient.length);
    const { offset, size } = network.parameters.get(name).value;
    const values = network.view(offset, size);
    const start = Float64Array.from(values);
    const lossAt = (step: number) => {
      values.set(start.map((value, i) => value + step * direction[i]));
      return meanLoss();
    };
    const changes: number[] = [];
    const wanted = gradient.reduce((sum, value, i) => sum + value * direction[i], 0);
    const allowed = LARGEST_ERROR * Math.max(norm(gradient), largest / 1000);
    const isRight = STEPS.some((step) => {
      const change = (lossAt(step) - lossAt(-step)) / (2 * step);
      changes.push(change);
      return Math.abs(change - wanted) <= allowed;
    });
    values.set(start);
    if (!isRight) {
      expect.fail(`network ${seed}, ${name}: expected a change of the loss by ${wanted}, got ${changes.join(", ")}`);
    }
  }
  network.dispose();
}
