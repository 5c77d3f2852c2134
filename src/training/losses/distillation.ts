import { distillationRows } from "../../engine/operands/extra/distillation.ts";
import type { Loss } from "../../model/contracts.ts";
import { number } from "../../options/kinds.ts";
import { type OptionSchema, type OptionsOf, readOptions } from "../../options/schema.ts";
import { classLoss } from "./loss.ts";

const DISTILLATION = {
  /** Number by which the logits of both networks are divided in the part of the teacher. More shows more of what it finds alike. */
  temperature: { kind: number({ above: 0, float32: true }), default: 4 },
  /** Share of the teacher's part in the loss, from 0 to 1. The labels have the rest. */
  teacherWeight: { kind: number({ minimum: 0, maximum: 1 }), default: 0.9 },
} as const satisfies OptionSchema;

/** Options of {@link distillation}. */
export interface DistillationOptions extends OptionsOf<typeof DISTILLATION> {}

/**
 * Loss of a student that learns from a teacher (Hinton et al., 2015): teacherWeight times temperature^2 times the Kullback-Leibler
 * divergence of their softmax at that temperature, and the rest of the weight on the cross-entropy with the labels. A last layer
 * `softmax()` is folded into it.
 *
 * The data set to learn from has the teacher's probabilities as `targets` beside its labels; `withTeacher` adds them. Evaluation and validation, which
 * have no teacher, tell the cross-entropy with the labels. Class weights count in the whole loss of an image.
 *
 * @throws TypeError, RangeError for a wrong option
 * @example
 * distillation({ temperature: 2, teacherWeight: 0.5 });
 */
export function distillation(options: DistillationOptions = {}): Loss {
  return DISTILLATION_LOSSES.distillation.read("distillation", options);
}

const LOSS = {
  schema: DISTILLATION,
  read(who: string, given: object): Loss {
    const { temperature, teacherWeight } = readOptions(who, DISTILLATION, given);
    const own = { kernels: distillationRows, temperature };
    return classLoss("distillation", given, own, (tape, n, places, classes) => {
      const { images, outputs, targets, softTargets, weights, losses, correct, gradient } = places;
      const results = [weights, losses, correct, gradient, classes] as const;
      if (softTargets === 0) {
        tape.add("softmax_cross_entropy", "sample", n, outputs, targets, ...results, 0, 1 / images);
        return;
      }
      const numbers = [temperature, teacherWeight, 1 / images] as const;
      tape.add("softmax_distillation", "sample", n, outputs, targets, softTargets, ...results, ...numbers);
    });
  },
};

/** The loss of a student by its name. */
export const DISTILLATION_LOSSES = { distillation: LOSS };
