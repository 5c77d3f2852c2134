// The form's fields of optimizers, schedules and augmentation: the library's own options and defaults.

import type { FieldSpec } from "../ui/fields.ts";

const weightDecay: FieldSpec = { key: "weightDecay", label: "Weight decay", kind: "number", fallback: 0 };
const momentum: FieldSpec = { key: "momentum", label: "Momentum", kind: "number", step: 0.05, fallback: 0 };
const betas: readonly FieldSpec[] = [
  { key: "beta1", label: "Beta 1", kind: "number", fallback: 0.9 },
  { key: "beta2", label: "Beta 2", kind: "number", fallback: 0.999 },
];
const rate = (fallback: number): FieldSpec => ({
  key: "learningRate",
  label: "Learning rate",
  kind: "number",
  fallback,
});

/** By type: what is always shown. */
export const OPTIMIZER_FIELDS: Readonly<Record<string, readonly FieldSpec[]>> = {
  sgd: [rate(0.01), momentum, weightDecay],
  rmsprop: [rate(0.001), { key: "rho", label: "Rho", kind: "number", fallback: 0.9 }, weightDecay],
  adam: [rate(0.001), weightDecay],
  adamw: [rate(0.001), { ...weightDecay, fallback: 0.01 }],
};

const shared: readonly FieldSpec[] = [
  { key: "clipNorm", label: "Bound on the gradients' norm", kind: "number" },
  { key: "l2", label: "L2 penalty", kind: "number", fallback: 0 },
  { key: "decayAll", label: "Decay biases too", kind: "flag", fallback: false },
];

/** By type: what is shown under "More". */
export const MORE_OPTIMIZER_FIELDS: Readonly<Record<string, readonly FieldSpec[]>> = {
  sgd: [
    ...shared,
    { key: "nesterov", label: "Nesterov's momentum", kind: "flag", fallback: false },
    { key: "dampening", label: "Dampening", kind: "number", step: 0.05, fallback: 0 },
  ],
  rmsprop: [momentum, ...shared],
  adam: [...betas, ...shared],
  adamw: [...betas, ...shared],
};

/** By type. */
export const SCHEDULE_FIELDS: Readonly<Record<string, readonly FieldSpec[]>> = {
  constant: [],
  step: [
    { key: "stepEpochs", label: "Epochs to a drop", kind: "number" },
    { key: "milestones", label: "Or after epochs", kind: "value", hint: "such as [2, 3.5]" },
    { key: "factor", label: "Factor", kind: "number", fallback: 0.1 },
  ],
  exponential: [
    { key: "decay", label: "Left after an epoch", kind: "number" },
    { key: "staircase", label: "Only between epochs", kind: "flag", fallback: false },
  ],
  cosine: [
    { key: "warmupEpochs", label: "Warm-up epochs", kind: "number", fallback: 0 },
    { key: "finalFactor", label: "Left at the end", kind: "number", fallback: 0 },
  ],
  oneCycle: [
    { key: "warmupShare", label: "Share that rises", kind: "number", fallback: 0.3 },
    { key: "startDivisor", label: "Start: peak by", kind: "number", fallback: 25 },
  ],
};

/** First values of schedules that have no defaults for all their options. */
export const NEW_SCHEDULES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  step: { stepEpochs: 1 },
  exponential: { decay: 0.8 },
};

export const AUGMENT_FIELDS: readonly FieldSpec[] = [
  { key: "shift", label: "Shift, pixels", kind: "number", fallback: 0 },
  { key: "rotate", label: "Turn, degrees", kind: "number", fallback: 0 },
  { key: "scale", label: "Size, share", kind: "number", fallback: 0 },
  { key: "shear", label: "Slant, degrees", kind: "number", fallback: 0 },
  { key: "cutout", label: "Blank square, pixels", kind: "whole", fallback: 0 },
  { key: "randomCrop", label: "Random crop, pixels", kind: "whole", fallback: 0 },
  { key: "horizontalFlip", label: "Mirror half of them", kind: "flag", fallback: false },
];

export const LOSS_FIELDS: readonly FieldSpec[] = [
  { key: "labelSmoothing", label: "Label smoothing", kind: "number", fallback: 0 },
];
