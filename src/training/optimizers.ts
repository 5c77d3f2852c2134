import type { Tape } from "../engine/tape.ts";
import type { DenseGradient } from "../layers/layer.ts";
import type { Optimizer, UpdateRange } from "../model/contracts.ts";
import { pow } from "../numeric/math.ts";
import { checkNumber } from "../options/numbers.ts";
import { readFields, readType } from "../options/objects.ts";

/** What all optimizers share. */
export interface OptimizerOptions {
  /** Default: 0.01 for SGD, 0.001 for the others. */
  learningRate?: number;
  /**
   * Decoupled decay, for every optimizer: each step takes lr weightDecay w from w (Loshchilov & Hutter, 2019), past moments
   * and velocity, as Keras' `weight_decay` and PyTorch's AdamW do. Default 0; 0.01 for AdamW.
   */
  weightDecay?: number;
  /** Coupled decay: adds l2 w to the gradient, as the `weight_decay` of PyTorch's SGD, RMSprop and Adam does. Default 0. */
  l2?: number;
  /** Whether biases and normalisation decay too. Default false. */
  decayAll?: boolean;
  /** Bound on the norm of all gradients together (Pascanu et al., 2013). Default none. */
  clipNorm?: number;
}

export interface SgdOptions extends OptimizerOptions {
  /** Default 0. */
  momentum?: number;
  /** Nesterov's momentum (Sutskever et al., 2013). Default false. */
  nesterov?: boolean;
  /** Share of each gradient, but for the first, that stays out of the velocity, 0 to 1; not with `nesterov`. Default 0. */
  dampening?: number;
}

export interface RmspropOptions extends OptimizerOptions {
  /** Share of the mean square that stays. Default 0.9. */
  rho?: number;
  /** Default 0. */
  momentum?: number;
  /** Above 0; added to the root of the mean square. Default 1e-7. */
  epsilon?: number;
}

export interface AdamOptions extends OptimizerOptions {
  /** Share of the first moment that stays. Default 0.9. */
  beta1?: number;
  /** Share of the second moment that stays. Default 0.999. */
  beta2?: number;
  /** Above 0. Default 1e-7. */
  epsilon?: number;
  /** Add epsilon under the root instead of to the root. Default false. */
  epsilonInside?: boolean;
  /** Undo the pull of the moments towards their start at zero. Default true. */
  biasCorrection?: boolean;
}

const SHARED = ["learningRate", "weightDecay", "l2", "decayAll", "clipNorm"] as const;
const SHARE = { minimum: 0, below: 1 };
const NOT_NEGATIVE = { minimum: 0 };

/**
 * A number that must not be 0 or infinite in float32 either, in which kernels take it: an epsilon of 0 divides 0 by 0 for a
 * weight whose gradients were all zero, and with a learning rate of 0 nothing is learned.
 */
function checkPositive(who: string, name: string, value: unknown): number {
  const number = checkNumber(who, name, value, { above: 0 });
  const rounded = Math.fround(number);
  if (rounded > 0 && Number.isFinite(rounded)) return number;
  throw new RangeError(`${who}: expected ${name} to be above 0 and finite in float32, got ${number}`);
}

type SharedFields = { readonly [name in (typeof SHARED)[number]]?: unknown };

/** Checks the shared options and completes the optimizer. */
function optimizer(
  config: Optimizer["config"],
  fields: SharedFields,
  defaults: { learningRate: number; weightDecay: number },
  slots: readonly string[],
  emit: (tape: Tape, range: UpdateRange, l2: number, decay: number) => void,
  corrections: (step: number) => readonly [number, number] = () => [1, 1],
): Optimizer {
  const { type } = config;
  const {
    learningRate = defaults.learningRate,
    weightDecay = defaults.weightDecay,
    l2 = 0,
    decayAll = false,
    clipNorm,
  } = fields;
  const decay = checkNumber(type, "weightDecay", weightDecay, NOT_NEGATIVE);
  const coupled = checkNumber(type, "l2", l2, NOT_NEGATIVE);
  const all = checkBoolean(type, "decayAll", decayAll);
  return {
    config,
    learningRate: checkPositive(type, "learningRate", learningRate),
    slots,
    clipNorm: clipNorm === undefined ? undefined : checkPositive(type, "clipNorm", clipNorm),
    emit(tape, range) {
      const decays = range.decays || all;
      emit(tape, range, decays ? coupled : 0, decays ? decay : 0);
    },
    hyper: (step, lr) => [lr, 1, ...corrections(step)],
  };
}

function checkBoolean(who: string, name: string, value: unknown): boolean {
  if (typeof value !== "boolean") throw new TypeError(`${who}: expected ${name} to be true or false, got ${value}`);
  return value;
}

/** The options without those left undefined, as files keep them. */
function configOf(type: string, options: object): Optimizer["config"] {
  return { ...JSON.parse(JSON.stringify(options)), type };
}

/**
 * Stochastic gradient descent, with momentum as in PyTorch: v = momentum v + (1 - dampening) g, at first v = g; w -= lr v.
 *
 * `weightDecay` is decoupled: PyTorch's SGD calls the coupled one so, which is `l2` here.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true });
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  return readSgd(options);
}

function readSgd(options: object): Optimizer {
  const fields = readFields("sgd", options, ["type", ...SHARED, "momentum", "nesterov", "dampening"]);
  const momentum = checkNumber("sgd", "momentum", fields.momentum ?? 0, SHARE);
  const nesterov = checkBoolean("sgd", "nesterov", fields.nesterov ?? false);
  const dampening = checkNumber("sgd", "dampening", fields.dampening ?? 0, { minimum: 0, maximum: 1 });
  if (nesterov && momentum === 0) throw new RangeError("sgd: expected momentum above 0 for nesterov, got 0");
  if (dampening > 0 && momentum === 0) throw new RangeError("sgd: expected momentum above 0 for dampening, got 0");
  if (nesterov && dampening > 0) throw new RangeError(`sgd: expected no dampening with nesterov, got ${dampening}`);
  const slots = momentum === 0 ? [] : ["velocity"];
  const sgdOptimizer = optimizer(
    configOf("sgd", options),
    fields,
    { learningRate: 0.01, weightDecay: 0 },
    slots,
    (tape, { count, values, gradients, slots: [velocity], hyper }, l2, decay) => {
      if (momentum === 0) {
        tape.add("sgd_update", "parameter", count, values, gradients, hyper, l2, decay);
      } else {
        const args = [values, gradients, velocity, hyper, momentum, nesterov ? 1 : 0, l2, decay] as const;
        tape.add("momentum_update", "parameter", count, ...args);
      }
    },
    (step) => [step === 1 ? 1 : 1 - dampening, 1],
  );
  const { weightDecay = 0, l2 = 0, clipNorm } = fields;
  const plain = momentum === 0 && weightDecay === 0 && l2 === 0 && clipNorm === undefined;
  return plain ? { ...sgdOptimizer, emitDense: descendDense } : sgdOptimizer;
}

function descendDense(tape: Tape, gradient: DenseGradient, hyper: number): void {
  const { kernel, x, dy, dx, inputs, units, stopsAtZero } = gradient;
  const sparse = stopsAtZero || dx === 0 ? 1 : 0;
  tape.add("dense_backward_sgd", "parameter", inputs, x, dy, kernel.offset, dx, units, sparse, hyper);
}

/**
 * RMSProp (Tieleman & Hinton, 2012): steps divided by the root of a running mean of squares.
 *
 * `weightDecay` is decoupled: PyTorch's RMSprop calls the coupled one so, which is `l2` here.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * rmsprop({ learningRate: 0.001 });
 */
export function rmsprop(options: RmspropOptions = {}): Optimizer {
  return readRmsprop(options);
}

function readRmsprop(options: object): Optimizer {
  const fields = readFields("rmsprop", options, ["type", ...SHARED, "rho", "momentum", "epsilon"]);
  const rho = checkNumber("rmsprop", "rho", fields.rho ?? 0.9, SHARE);
  const momentum = checkNumber("rmsprop", "momentum", fields.momentum ?? 0, SHARE);
  const epsilon = checkPositive("rmsprop", "epsilon", fields.epsilon ?? 1e-7);
  return optimizer(
    configOf("rmsprop", options),
    fields,
    { learningRate: 0.001, weightDecay: 0 },
    ["square", "velocity"],
    (tape, { count, values, gradients, slots: [square, velocity], hyper }, l2, decay) => {
      const args = [values, gradients, square, velocity, hyper, rho, momentum, epsilon, l2, decay] as const;
      tape.add("rmsprop_update", "parameter", count, ...args);
    },
  );
}

/**
 * Adam (Kingma & Ba, 2015).
 *
 * `weightDecay` is decoupled, which makes it AdamW: PyTorch's Adam calls the coupled one so, which is `l2` here.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * adam({ learningRate: 0.001 });
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return readAdam("adam", options, 0);
}

/**
 * Adam with decoupled weight decay, 0.01 unless said (Loshchilov & Hutter, 2019).
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * adamw({ learningRate: 0.001, weightDecay: 0.05 });
 */
export function adamw(options: AdamOptions = {}): Optimizer {
  return readAdam("adamw", options, 0.01);
}

function readAdam(type: "adam" | "adamw", options: object, weightDecay: number): Optimizer {
  const own = ["beta1", "beta2", "epsilon", "epsilonInside", "biasCorrection"] as const;
  const fields = readFields(type, options, ["type", ...SHARED, ...own]);
  const beta1 = checkNumber(type, "beta1", fields.beta1 ?? 0.9, SHARE);
  const beta2 = checkNumber(type, "beta2", fields.beta2 ?? 0.999, SHARE);
  const epsilon = checkPositive(type, "epsilon", fields.epsilon ?? 1e-7);
  const epsilonInside = checkBoolean(type, "epsilonInside", fields.epsilonInside ?? false);
  const biasCorrection = checkBoolean(type, "biasCorrection", fields.biasCorrection ?? true);
  return optimizer(
    configOf(type, options),
    fields,
    { learningRate: 0.001, weightDecay },
    ["first moment", "second moment"],
    (tape, { count, values, gradients, slots: [first, second], hyper }, l2, decay) => {
      const inside = epsilonInside ? 1 : 0;
      const args = [values, gradients, first, second, hyper, beta1, beta2, epsilon, inside, l2, decay] as const;
      tape.add("adam_update", "parameter", count, ...args);
    },
    (step) => (biasCorrection ? [1 / (1 - pow(beta1, step)), 1 / (1 - pow(beta2, step))] : [1, 1]),
  );
}

/** The optimizers' names, as files and the command line have them. */
export const OPTIMIZERS = ["sgd", "rmsprop", "adam", "adamw"] as const;

/** What users give for an optimizer: one, or its name. */
export type OptimizerOption = Optimizer | (typeof OPTIMIZERS)[number];

/** An optimizer from what users give for one; plain objects, which only JavaScript lets through, are read as JSON. */
export function optimizerOf(option: OptimizerOption): Optimizer {
  return typeof option === "object" && typeof option?.emit === "function" ? option : parseOptimizer(option);
}

/**
 * An optimizer from a name or from untrusted JSON, such as `{ type: "sgd", momentum: 0.9 }`.
 *
 * @throws TypeError, RangeError for an unknown optimizer or option
 * @example
 * parseOptimizer(JSON.parse('{ "type": "sgd", "learningRate": 0.1, "momentum": 0.9 }'));
 */
export function parseOptimizer(json: unknown): Optimizer {
  const type = readType("optimizer", json, OPTIMIZERS);
  const options = typeof json === "object" && json !== null ? json : {};
  switch (type) {
    case "sgd":
      return readSgd(options);
    case "rmsprop":
      return readRmsprop(options);
    case "adam":
      return readAdam("adam", options, 0);
    case "adamw":
      return readAdam("adamw", options, 0.01);
  }
}
