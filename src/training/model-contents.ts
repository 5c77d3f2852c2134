import type { Checkpoint, NamedArray, TrainingCheckpoint } from "../formats/checkpoint.ts";
import type { Json } from "../json.ts";
import type { Network } from "../model/network.ts";
import type { Trainer } from "./trainer.ts";

/** What a model file holds of a network. */
export function modelContents(
  network: Network,
  seed: number,
  classNames: readonly string[] | undefined,
): Omit<Checkpoint, "training"> {
  const { architecture, loss, optimizer, batchSize } = network;
  const weights = network.parameters.list.map(({ spec, value }): [string, NamedArray] => [
    spec.name,
    { shape: spec.shape, data: Float32Array.from(network.view(value.offset, value.size)) },
  ]);
  const settings = {
    seed,
    batchSize,
    ...(loss !== undefined && { loss: loss.config }),
    ...(optimizer !== undefined && { optimizer: optimizer.config }),
    ...(classNames !== undefined && { classNames }),
  };
  return { model: architecture.toJson(), settings, weights: new Map(weights) };
}

/** Averaged weights stand beside the optimizer's numbers under this name. */
export const AVERAGE = "average";

/** What a checkpoint holds of a run besides the model. */
export function trainingContents(trainer: Trainer, settings: Json): TrainingCheckpoint {
  const { network } = trainer;
  const { optimizer, parameters } = network;
  const slots = new Map<string, NamedArray>();
  parameters.slotShifts.forEach((shift, i) => {
    for (const { spec, value, gradient } of parameters.list) {
      if (gradient === undefined) continue;
      const data = Float32Array.from(network.view(value.offset + shift, value.size));
      slots.set(`${optimizer?.slots[i]}/${spec.name}`, { shape: spec.shape, data });
    }
  });
  const average = trainer.average?.values;
  if (average !== undefined) {
    const first = parameters.values.offset;
    for (const { spec, value } of parameters.list) {
      const from = value.offset - first;
      const data = Float32Array.from(average.subarray(from, from + value.size));
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
