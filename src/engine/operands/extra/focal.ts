import { all, input } from "../operand.ts";
import { classLoss, type ExtraRows, valueLoss } from "../row.ts";

/** Rows of the kernels of focal losses. */
export const focalRows = {
  softmax_focal_cross_entropy: (
    logits,
    labels,
    weights,
    losses,
    correct,
    dlogits,
    classes,
    _smoothing,
    _gamma,
    _alpha,
    alphas,
  ) => [input(all(classes), alphas), ...classLoss(logits, labels, weights, losses, correct, dlogits, classes)],
  sigmoid_focal_cross_entropy: valueLoss,
} satisfies ExtraRows;
