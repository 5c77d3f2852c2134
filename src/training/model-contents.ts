import type { PixelScaling } from "../data/scaling.ts";
import { InputRangeError } from "../errors.ts";
import type { Checkpoint, NamedArray, TrainingCheckpoint } from "../formats/checkpoint.ts";
import type { Json } from "../json.ts";
import type { ParameterSpec } from "../layers/layer.ts";
import type { Network } from "../model/network.ts";
import { checkFinite } from "./diverged.ts";
import { readModelSettings } from "./model-settings.ts";
import { parseOptimizer } from "./optimizers.ts";
import type { Trainer } from "./trainer.ts";

/**
 * The contents of a network's model file: only what `loadModel` takes.
 *
 * @throws DivergedError if a weight is NaN or infinite
 * @throws TypeError, RangeError for other settings than files can have, such as a loss of the caller's own
 */
export function modelContents(
  network: Network,
  {
    seed,
    classNames,
    scaling,
  }: {
    readonly seed: number;
    readonly classNames: readonly string[] | undefined;
    readonly scaling: PixelScaling | undefined;
  },
): Omit<Checkpoint, "training"> {
  const { architecture, loss, optimizer, batchSize } = network;
  const weights = new Map<string, NamedArray>();
  for (const { name, shape } of inFileOrder(architecture.parameters())) {
    const { value } = network.parameters.get(name);
    const data = Float32Array.from(network.view(value.offset, value.size));
    checkFinite(data, "weights", name);
    weights.set(name, { shape, data });
  }
  const settings = {
    seed,
    batchSize,
    ...(loss !== undefined && { loss: loss.config }),
    ...(optimizer !== undefined && { optimizer: optimizer.config }),
    ...(classNames !== undefined && { classNames }),
    ...(scaling !== undefined && { scaling }),
  };
  readModelSettings("model", settings);
  return { model: architecture.toJson(), settings, weights };
}

/** Kernels, then biases and normalisation, then statistics; what is frozen changes no order. */
function inFileOrder(parameters: readonly ParameterSpec[]): readonly ParameterSpec[] {
  const rank = ({ role }: ParameterSpec) => (role === "kernel" ? 0 : role === "statistic" ? 2 : 1);
  return [...parameters].sort((a, b) => rank(a) - rank(b));
}

/** Name of averaged weights among the optimizer's numbers. */
export const AVERAGE = "average";

/**
 * The contents of a run's checkpoint besides the model: only what `resumeTrainer` takes.
 *
 * @throws DivergedError if a number of the optimizer, or an averaged weight, is NaN or infinite
 * @throws TypeError, RangeError for an optimizer that files cannot hold
 */
export function trainingContents(trainer: Trainer, settings: Json): TrainingCheckpoint {
  const { network } = trainer;
  const { optimizer, parameters } = network;
  parseOptimizer(optimizer?.config);
  const slots = new Map<string, NamedArray>();
  parameters.slotShifts.forEach((shift, i) => {
    for (const { spec, value, gradient } of parameters.list) {
      if (gradient === undefined) continue;
      const data = Float32Array.from(network.view(value.offset + shift, value.size));
      const name = `${optimizer?.slots[i]}/${spec.name}`;
      checkFinite(data, "values of the optimizer's", name);
      slots.set(name, { shape: spec.shape, data });
    }
  });
  const average = trainer.average?.values;
  if (average !== undefined) {
    const first = parameters.moving.offset;
    for (const { spec, value } of parameters.list) {
      if (spec.frozen) continue;
      const from = value.offset - first;
      const data = Float32Array.from(average.subarray(from, from + value.size));
      checkFinite(data, "averaged values", spec.name);
      slots.set(`${AVERAGE}/${spec.name}`, { shape: spec.shape, data });
    }
  }
  const arrays = new Map<string, NamedArray>();
  const states: Record<string, Json> = {};
  for (const callback of trainer.callbacks) {
    const state = callback.state?.();
    if (state !== undefined) states[callback.name] = state;
    for (const [name, data] of callback.tensors?.() ?? []) {
      arrays.set(`${callback.name}/${name}`, { shape: [data.length], data });
    }
  }
  return { state: { settings, progress: trainer.progress, callbacks: states }, optimizer: slots, callbacks: arrays };
}

/** Throws unless a run is the latest of a network, and between two steps. */
export function expectLatest(network: Network, trainer: Trainer): void {
  const { latest } = network.turns;
  if (trainer.network !== network || (latest !== undefined && latest !== trainer)) {
    throw new InputRangeError(
      "checkpoint",
      "the model's latest run",
      "one that others came after, or of another model",
      "wrong-time",
    );
  }
  if (!trainer.isBetweenSteps) {
    throw new InputRangeError("checkpoint", "a run between two steps", "one at work", "wrong-time", {
      advice: "take it in the loop over its events",
    });
  }
}
