import { NORM_BLOCK } from "../../engine/kernel-sizes.ts";
import { close, float32, input, type KernelCall, normal, output, state, sumOf, type Tensor, uniform } from "./call.ts";
import { type WorkRows, work } from "./work-rows.ts";

/** The numbers of `hyper`. */
export interface Hyper {
  readonly rate: number;
  readonly clip: number;
  /** The gradient's share in the velocity, with momentum. */
  readonly correction1: number;
  readonly correction2: number;
}

/** Weight decay of an update: l2 goes into the gradient, decay is decoupled. */
export interface Decay {
  readonly l2: number;
  readonly decay: number;
}

/** w, g and the state of an update. */
export interface OptimizerData {
  readonly w: Float64Array;
  readonly g: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Random data; the second moment is positive, as squares are. */
function optimizerData(count: number): OptimizerData {
  return {
    w: normal("optimizer w", count),
    g: normal("optimizer g", count),
    first: normal("optimizer first", count),
    second: uniform("optimizer second", count, 0.01, 2),
  };
}

function update(
  kernel: string,
  label: string,
  data: OptimizerData,
  states: readonly Tensor[],
  hyper: Hyper,
  scalars: readonly number[],
): KernelCall {
  const { rate, clip, correction1, correction2 } = hyper;
  return {
    kernel,
    label: `${data.w.length} parameters${label}`,
    extent: data.w.length,
    args: [
      ...[state("w", data.w), input("g", data.g), ...states],
      ...[input("hyper", float32([rate, clip, correction1, correction2])), ...scalars.map(Math.fround)],
    ],
    bound: close(8, 2),
  };
}

export function sgdUpdate(data: OptimizerData, hyper: Hyper, { l2, decay }: Decay): KernelCall {
  return update("sgd_update", "", data, [], hyper, [l2, decay]);
}

export function momentumUpdate(
  data: OptimizerData,
  hyper: Hyper,
  { momentum, nesterov }: { readonly momentum: number; readonly nesterov: boolean },
  { l2, decay }: Decay,
): KernelCall {
  const states = [state("velocity", data.first)];
  const scalars = [momentum, nesterov ? 1 : 0, l2, decay];
  return update("momentum_update", nesterov ? ", Nesterov" : "", data, states, hyper, scalars);
}

export function rmspropUpdate(
  data: OptimizerData,
  hyper: Hyper,
  { rho, momentum, epsilon }: { readonly rho: number; readonly momentum: number; readonly epsilon: number },
  { l2, decay }: Decay,
): KernelCall {
  const states = [state("square", data.second), state("velocity", data.first)];
  return update("rmsprop_update", "", data, states, hyper, [rho, momentum, epsilon, l2, decay]);
}

export interface AdamOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly epsilonInside: boolean;
}

export function adamUpdate(data: OptimizerData, hyper: Hyper, options: AdamOptions, { l2, decay }: Decay): KernelCall {
  const { beta1, beta2, epsilon, epsilonInside } = options;
  const states = [state("m", data.first), state("v", data.second)];
  const scalars = [beta1, beta2, epsilon, epsilonInside ? 1 : 0, l2, decay];
  return update("adam_update", epsilonInside ? ", epsilon inside" : "", data, states, hyper, scalars);
}

/** Every update of this many parameters. */
export function optimizerCalls(count: number): KernelCall[] {
  const data = optimizerData(count);
  const hyper = { rate: 0.125, clip: 0.75, correction1: 1.5, correction2: 2.5 };
  const decay = { l2: 0.01, decay: 0.02 };
  const adam = { beta1: 0.9, beta2: 0.999, epsilon: 1e-3 };
  return [
    sgdUpdate(data, hyper, decay),
    momentumUpdate(data, hyper, { momentum: 0.9, nesterov: false }, decay),
    momentumUpdate(data, hyper, { momentum: 0.9, nesterov: true }, decay),
    rmspropUpdate(data, hyper, { rho: 0.9, momentum: 0.5, epsilon: 1e-3 }, decay),
    adamUpdate(data, hyper, { ...adam, epsilonInside: false }, decay),
    adamUpdate(data, hyper, { ...adam, epsilonInside: true }, decay),
  ];
}

/** Sums of squares of blocks of NORM_BLOCK gradients. */
export function gradientNorm(g: Float64Array): KernelCall {
  const blocks = Math.ceil(g.length / NORM_BLOCK);
  return {
    kernel: "gradient_norm",
    label: `${g.length} gradients`,
    extent: blocks,
    args: [input("g", g), output("partials", blocks), g.length],
    bound: sumOf(Math.min(g.length, NORM_BLOCK)),
  };
}

/** The clip factor written to hyper[1]. */
export function gradientClip(partials: Float64Array, limit: number): KernelCall {
  return {
    kernel: "gradient_clip",
    label: `${partials.length} blocks, limit ${limit.toFixed(3)}`,
    extent: 1,
    args: [input("partials", partials), partials.length, state("hyper", [0.5, 0.25, 1.5, 2.5]), limit],
    bound: close(8 + partials.length),
  };
}

/** The norm and the clip factor of this many gradients. */
export function clipCalls(count: number): KernelCall[] {
  const partials = uniform("partials", Math.ceil(count / NORM_BLOCK), 0, 100);
  return [gradientNorm(normal("gradients", count)), gradientClip(partials, 1), gradientClip(partials, 1000)];
}

/** Operations and bytes of optimizers. */
export const optimizerWork = {
  // They read and write the weights and the state, and read the gradients; clipping and decay included.
  sgd_update: (count) => work(7 * count, 3 * count),
  momentum_update: (count) => work(9 * count, 5 * count),
  rmsprop_update: (count) => work(16 * count, 7 * count),
  adam_update: (count) => work(18 * count, 7 * count),
  gradient_norm: (_blocks, _g, _partials, count) => work(2 * count, count),
  gradient_clip: (_one, _partials, blocks) => work(blocks + 2, blocks),
} satisfies WorkRows;
