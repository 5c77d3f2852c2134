import type { Loss, LossPlaces } from "../../model/contracts.ts";
import { configOf } from "../../options/schema.ts";

// Losses, optimizers and schedules declare schema, options and function alike, for the reason that stands at `layerType`.

/** A loss of class labels: its options as they were given, and its call. */
export function classLoss(
  type: string,
  given: object,
  own: Partial<Pick<Loss, "ignoreIndex" | "softSmoothing" | "temperature" | "numbers" | "expectOutputs" | "kernels">>,
  emit: Loss["emit"],
): Loss {
  const config = configOf(type, given);
  return {
    config,
    activation: "softmax",
    classes: true,
    ignoreIndex: undefined,
    softSmoothing: undefined,
    ...own,
    emit,
  };
}

/** A loss of a value for each output: its options as they were given, and its call. */
export function valueLoss(
  type: string,
  given: object,
  own: Pick<Loss, "activation" | "kernels">,
  emit: Loss["emit"],
): Loss {
  const config = configOf(type, given);
  return { config, ...own, classes: false, ignoreIndex: undefined, softSmoothing: undefined, emit };
}

/** The first arguments of a kernel of a loss of values. */
export function valuePlaces({ outputs, targets, weights, losses, gradient }: LossPlaces, size: number) {
  return [outputs, targets, weights, losses, gradient, size] as const;
}
