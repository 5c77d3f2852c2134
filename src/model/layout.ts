import type { EngineOptions } from "../engine/engine-options.ts";
import { NORM_BLOCK, TRANSFORM_FLOATS } from "../engine/kernel-sizes.ts";
import type { ExtraRows } from "../engine/operands/row.ts";
import { addRows } from "../engine/operands.ts";
import { MemoryPlan, type Region } from "../engine/plan.ts";
import { InputRangeError } from "../errors.ts";
import { type Graph, producers } from "../graph/graph.ts";
import { PlacedGraph } from "../graph/place.ts";
import type { Mode } from "../layers/placed-layer.ts";
import { sizeOf } from "../layers/shape.ts";
import { type Architecture, checkOneOutput } from "./architecture.ts";
import type { Loss, Optimizer } from "./contracts.ts";
import { Parameters } from "./parameters.ts";

export interface NetworkOptions extends EngineOptions {
  /** Largest number of images in a batch. */
  batchSize: number;
  /** Seed of the initial weights and of dropout. */
  seed: number;
  /** The loss; undefined for a network that only predicts. */
  loss?: Loss | undefined;
  /** The optimizer; undefined for a network that is not trained. */
  optimizer?: Optimizer | undefined;
  /** True: regions share memory. Default: in large networks (see `planLayout`). */
  compact?: boolean | undefined;
}

/** All kinds of forward passes. */
export const MODES: readonly Mode[] = ["inference", "training", "batchStatistics", "calibration"];

/** The place of a layer's random key, and the number of draws of each sample with it. */
export interface RandomKey {
  readonly region: Region;
  readonly draws: number;
}

/** The memory plan of a network, before there is memory. */
export interface Layout {
  readonly plan: MemoryPlan;
  /** True: less memory matters more than fewer barriers. */
  readonly compact: boolean;
  /** The kinds of forward passes that it has memory for. */
  readonly modes: ReadonlySet<Mode>;
  readonly placed: PlacedGraph;
  /** Rows of the kernels of the extra file that its tapes call. */
  readonly kernels: readonly ExtraRows[];
  readonly parameters: Parameters;
  readonly randomKeys: readonly RandomKey[];
  readonly staging: Region;
  readonly images: Region;
  readonly augmented: Region | undefined;
  readonly transforms: Region | undefined;
  readonly scale: Region;
  readonly offset: Region;
  readonly fill: Region | undefined;
  readonly targets: Region;
  /** Empty for a loss that takes no soft targets. */
  readonly softTargets: Region;
  /** The loss's own numbers. */
  readonly lossNumbers: Region;
  /** The factor of each image in the gradient. */
  readonly weights: Region;
  readonly losses: Region;
  readonly correct: Region;
  readonly gradient: Region;
  readonly predictions: Region;
  readonly hyper: Region;
  readonly normPartials: Region | undefined;
}

/**
 * Reserves every region that a network needs.
 *
 * @param threads most threads that will run it
 * @param compact true: less memory matters more than fewer barriers
 * @throws RangeError if the loss does not fit the outputs
 */
export function layOut(
  architecture: Architecture,
  options: Omit<NetworkOptions, "seed">,
  threads: number,
  compact: boolean,
): Layout {
  const { graph, input } = architecture;
  const { batchSize: batch, loss, optimizer } = options;
  const outputs = loss === undefined ? 0 : lossOutputs(architecture, loss);
  const training = optimizer !== undefined;
  const plan = new MemoryPlan(threads);
  const parameters = new Parameters(architecture.parameters(), plan, training, optimizer?.slots.length ?? 0);
  const randomKeys: RandomKey[] = [];
  const pixels = batch * sizeOf(input.shape);
  const channels = input.shape[2];
  const placed = new PlacedGraph(withoutLast(graph, loss?.activation), {
    batch,
    training,
    compact: compact && training,
    plan,
    parameter: (name) => parameters.get(name),
    randomKey(draws) {
      const region = plan.reserve(`random key ${randomKeys.length}`, "scratch", 4);
      randomKeys.push({ region, draws });
      return region;
    },
  });
  const around = [loss?.kernels, optimizer?.kernels].filter((rows) => rows !== undefined);
  for (const rows of around) addRows(rows);
  const gradients = plan.sizes().gradients;
  return {
    plan,
    placed,
    kernels: [...placed.kernels, ...around],
    compact,
    modes: new Set(compact && !training ? (["inference"] as const) : MODES),
    parameters,
    randomKeys,
    staging: plan.reserve("staged pixels", "input", pixels),
    images: plan.reserve("images", "input", pixels),
    augmented: training ? plan.reserve("augmented images", "input", pixels) : undefined,
    transforms: training ? plan.reserve("transforms", "input", batch * TRANSFORM_FLOATS) : undefined,
    scale: plan.reserve("input scale", "input", channels),
    offset: plan.reserve("input offset", "input", channels),
    fill: training ? plan.reserve("input fill", "input", channels) : undefined,
    targets: plan.reserve("targets", "input", batch * (loss?.classes === false ? outputs : 1)),
    softTargets: plan.reserve(
      "soft targets",
      "input",
      (loss?.softSmoothing ?? loss?.temperature) === undefined ? 0 : batch * outputs,
    ),
    lossNumbers: plan.reserve("loss numbers", "input", loss?.numbers?.length ?? 0),
    weights: plan.reserve("sample weights", "input", loss === undefined ? 0 : batch),
    losses: plan.reserve("losses", "scratch", batch),
    correct: plan.reserve("correct", "scratch", batch),
    gradient: plan.reserve("loss gradient", "scratch", loss === undefined ? 0 : batch * outputs),
    predictions: plan.reserve("predictions", "activations", loss?.activation === undefined ? 0 : batch * outputs),
    hyper: plan.reserve("step numbers", "scratch", optimizer?.hyper(1, 0).length ?? 4),
    normPartials:
      optimizer?.clipNorm === undefined
        ? undefined
        : plan.reserve("gradient norm", "scratch", Math.ceil(gradients / NORM_BLOCK) + parameters.list.length),
  };
}

/** Elements of the output that a loss takes. */
function lossOutputs(architecture: Architecture, loss: Loss): number {
  const { classes, config } = loss;
  checkOneOutput(architecture, config.type);
  const { output, outputs } = architecture;
  if (classes && output[output.length - 1] !== outputs) {
    throw new InputRangeError(config.type, "a last layer of [classes]", `[${output}]`, "shape-mismatch", {
      advice: "put flatten before it",
    });
  }
  loss.expectOutputs?.(outputs);
  return outputs;
}

/** A graph without its last layer, if the loss does that layer's work. */
function withoutLast(graph: Graph, type: string | undefined): Graph {
  const [{ name, tensor }] = graph.outputs;
  const last = producers(graph).get(tensor.id);
  if (last === undefined || last.layer.type !== type) return graph;
  const nodes = graph.nodes.filter((node) => node !== last);
  return { ...graph, nodes, outputs: [{ name, tensor: last.inputs[0] }] };
}
