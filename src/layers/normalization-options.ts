import { number } from "../options/kinds.ts";
import type { OptionSchema, ValuesOf } from "../options/schema.ts";
import type { ParameterSpec } from "./layer.ts";
import { initializer } from "./options.ts";
import { type Shape, sizeOf } from "./shape.ts";

/** The options that all normalisations have. */
export const NORMALIZATION_OPTIONS = {
  /** Added to the variance, so that numbers that do not vary have a result; above 0. */
  epsilon: { kind: number({ above: 0, float32: true }), default: 1e-3 },
  /** Values with which the scales start. */
  gammaInitializer: { kind: initializer(), default: "ones" },
  /** Values with which the shifts start. */
  betaInitializer: { kind: initializer(), default: "zeros" },
} as const satisfies OptionSchema;

/** Scales and shifts of `shape` that start as the options say. */
export function scalesAndShifts(
  shape: Shape,
  { gammaInitializer, betaInitializer }: ValuesOf<typeof NORMALIZATION_OPTIONS>,
): readonly ParameterSpec[] {
  const of = { shape, role: "normalization", fans: { fanIn: sizeOf(shape), fanOut: sizeOf(shape) } } as const;
  return [
    { ...of, name: "gamma", initializer: gammaInitializer },
    { ...of, name: "beta", initializer: betaInitializer },
  ];
}
