/**
 * Faults of the gradients of whole networks, by formulas, engines and threads.
 *
 * @module
 */

import type { Dataset } from "../data/dataset.ts";
import type { EngineName } from "../engine/engine-names.ts";
import { Architecture } from "../model/architecture.ts";
import { Network } from "../model/network.ts";
import { adam } from "../training/optimizers.ts";
import { findGradientMiss } from "./central-differences.ts";
import { type Setting, settingName } from "./setting.ts";
import { SMALL_BATCH, type SmallNetwork, smallData } from "./small-networks.ts";

/** A fault of a network. */
export interface NetworkFault {
  readonly net: string;
  readonly engine: EngineName;
  readonly threads: number | "auto";
  /** The check that failed, in words. */
  readonly check: string;
  readonly parameter: string;
  readonly index: number;
  readonly expected: number;
  readonly got: number;
  /** All of the fault in one line. */
  readonly message: string;
}

/**
 * Largest error of an element of a float32 gradient against float64, as a share of the largest element of its array.
 */
const GRADIENT_BOUND = 1e-4;

/** Elements of each parameter whose differences are taken. */
const DIFFERENCES = 8;

/** Steps after which different numbers of threads are compared. */
const STEPS = 3;

const EXACT = { engine: "js", threads: 1 } as const;

/** Gradients, or values, by the parameter's name. */
type Arrays = ReadonlyMap<string, ArrayLike<number>>;

function create(subject: SmallNetwork, { engine, threads }: Setting, precision?: "float64"): Promise<Network> {
  const { shape, layers, loss } = subject;
  const architecture = new Architecture({ input: { shape, scale: 1 / 128, offset: -1 }, layers });
  const optimizer = adam({ clipNorm: 0.5 });
  const options = { batchSize: SMALL_BATCH, seed: 7, loss, optimizer, engine, threads };
  return Network.create(architecture, precision === undefined ? options : { ...options, precision });
}

function step(network: Network, data: Dataset, number: number, learningRate: number): void {
  network.stageImages(data.images, SMALL_BATCH, 0);
  network.stageTargets(data, SMALL_BATCH, 0);
  network.trainStep(SMALL_BATCH, number, learningRate, false);
}

function gradientsOf(network: Network): Arrays {
  const trained = network.parameters.list.filter(({ gradient }) => gradient !== undefined);
  return new Map(trained.map(({ spec }) => [spec.name, network.gradient(spec.name).slice()]));
}

function faultOf(
  { name }: SmallNetwork,
  setting: Setting,
  check: string,
  parameter: string,
  { index, expected, got }: { readonly index: number; readonly expected: number; readonly got: number },
): NetworkFault {
  const message =
    `${name} on ${settingName(setting)}, ${check}: "${parameter}" at ${index}: expected ${expected}, ` + `got ${got}`;
  const { engine, threads } = setting;
  return { net: name, engine, threads, check, parameter, index, expected, got, message };
}

/** The exact gradients of a network, and the elements on which central differences of its loss disagree with them. */
export async function exactGradients(
  subject: SmallNetwork,
): Promise<{ readonly gradients: Arrays; readonly faults: readonly NetworkFault[] }> {
  const network = await create(subject, EXACT, "float64");
  const data = smallData(subject);
  // The weights as float32 engines have them.
  for (const { value } of network.parameters.list) {
    const values = network.view(value.offset, value.size);
    values.set(Float32Array.from(values));
  }
  step(network, data, 1, 0);
  const gradients = gradientsOf(network);
  const faults: NetworkFault[] = [];
  for (const [name, gradient] of gradients) {
    const { offset, size } = network.parameters.get(name).value;
    const values = network.view(offset, size);
    const initial = Float64Array.from(values);
    const lossAt = (point: Float64Array) => {
      values.set(point);
      network.parametersChanged();
      network.evaluate(SMALL_BATCH, "training", true);
      let sum = 0;
      for (const loss of network.results(SMALL_BATCH).losses) sum += loss;
      return sum / SMALL_BATCH;
    };
    const miss = findGradientMiss(name, lossAt, initial, gradient, DIFFERENCES);
    values.set(initial);
    if (miss !== undefined) faults.push(faultOf(subject, EXACT, "central differences", name, miss));
  }
  return { gradients, faults };
}

/** Compares the gradients of a setting with the exact ones. */
export async function gradientFaults(
  subject: SmallNetwork,
  setting: Setting,
  exact: Arrays,
): Promise<readonly NetworkFault[]> {
  const network = await create(subject, setting);
  step(network, smallData(subject), 1, 0);
  const gradients = gradientsOf(network);
  network.dispose();
  const smallest = CANCELLED * Math.max(...[...exact.values()].map(largestOf));
  return [...exact].flatMap(([name, wanted]) => {
    const miss = worstOf(wanted, gradients.get(name) ?? [], smallest);
    return miss === undefined ? [] : [faultOf(subject, setting, "gradients in float64", name, miss)];
  });
}

/**
 * Smallest gradient that counts, as a share of the largest one. A small one is a sum of large
 * terms that cancel, and as exact as these; so no gradient counts as smaller than this share of the largest one.
 */
const CANCELLED = 0.01;

function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i]));
  return largest;
}

function worstOf(wanted: ArrayLike<number>, actual: ArrayLike<number>, smallest: number) {
  const largest = Math.max(smallest, largestOf(wanted));
  for (let i = 0; i < wanted.length; i++) {
    // Written so that NaN fails too.
    if (Math.abs(actual[i] - wanted[i]) <= GRADIENT_BOUND * largest) continue;
    return { index: i, expected: wanted[i], got: actual[i] };
  }
  return undefined;
}

/** Trains some steps on one thread and on several, and compares the bits of all weights. */
export async function threadFaults(subject: SmallNetwork, setting: Setting): Promise<readonly NetworkFault[]> {
  const one = await trained(subject, { ...setting, threads: 1 });
  const several = await trained(subject, setting);
  for (const [name, wanted] of one) {
    const actual = several.get(name) ?? [];
    for (let index = 0; index < wanted.length; index++) {
      if (Object.is(wanted[index], actual[index])) continue;
      const miss = { index, expected: wanted[index], got: actual[index] };
      return [faultOf(subject, setting, "the bits of one thread", name, miss)];
    }
  }
  return [];
}

async function trained(subject: SmallNetwork, setting: Setting): Promise<Arrays> {
  const network = await create(subject, setting);
  const data = smallData(subject);
  for (let number = 1; number <= STEPS; number++) step(network, data, number, 0.01);
  const values = network.parameters.list.map(({ spec, value }) => {
    return [spec.name, network.view(value.offset, value.size).slice()] as const;
  });
  network.dispose();
  return new Map(values);
}
