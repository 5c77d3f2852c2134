import type { Tape } from "../../engine/tape.ts";
import { InputRangeError } from "../../errors.ts";
import type { DenseGradient } from "../../layers/placed-layer.ts";
import type { Optimizer } from "../../model/contracts.ts";
import { flag, number } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { optimizer, SHARE, sharedOptions } from "./optimizer.ts";

const schema = {
  ...sharedOptions(0.01),
  /** Share of the velocity that stays from step to step. */
  momentum: { kind: SHARE, default: 0 },
  /** Nesterov's momentum. As in Sutskever et al. (2013). */
  nesterov: { kind: flag(), default: false, rare: true },
  /** Share of each gradient, but for the first, that stays out of the velocity; not with `nesterov`. */
  dampening: { kind: number({ minimum: 0, maximum: 1 }), default: 0, rare: true },
} as const satisfies OptionSchema;

/** Options of {@link sgd}. */
export interface SgdOptions extends OptionsOf<typeof schema> {}

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
  return read("sgd", options);
}

function read(who: string, given: object): Optimizer {
  const values = readOptions(who, schema, given);
  const { momentum, nesterov, dampening, weightDecay, l2, clipNorm } = values;
  const contradiction = (expected: string, got: number) =>
    new InputRangeError(who, expected, String(got), "contradiction");
  if (nesterov && momentum === 0) throw contradiction("momentum above 0 for nesterov", 0);
  if (dampening > 0 && momentum === 0) throw contradiction("momentum above 0 for dampening", 0);
  if (nesterov && dampening > 0) throw contradiction("no dampening with nesterov", dampening);
  const made = optimizer("sgd", given, values, {
    slots: momentum === 0 ? [] : ["velocity"],
    emit(tape, { count, values, gradients, slots: [velocity], hyper }, l2, decay) {
      if (momentum === 0) {
        tape.add("sgd_update", "parameter", count, values, gradients, hyper, l2, decay);
      } else {
        const args = [values, gradients, velocity, hyper, momentum, nesterov ? 1 : 0, l2, decay] as const;
        tape.add("momentum_update", "parameter", count, ...args);
      }
    },
    corrections: (step) => [step === 1 ? 1 : 1 - dampening, 1],
  });
  const isPlain = momentum === 0 && weightDecay === 0 && l2 === 0 && clipNorm === undefined;
  return isPlain ? { ...made, emitDense: descendDense } : made;
}

function descendDense(tape: Tape, gradient: DenseGradient, hyper: number): void {
  const { kernel, x, dy, dx, inputs, units, stopsAtZero } = gradient;
  const sparse = stopsAtZero || dx === 0 ? 1 : 0;
  tape.add("dense_backward_sgd", "parameter", inputs, x, dy, kernel.offset, dx, units, sparse, hyper);
}

export const SGD = { schema, read };
