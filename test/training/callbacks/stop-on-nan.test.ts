import { describe, expect, it } from "vitest";
import { DivergedError } from "../../../src/errors.ts";
import type { Stop, TrainingControl } from "../../../src/training/callback.ts";
import { divergenceOf, StopOnNaN } from "../../../src/training/callbacks/stop-on-nan.ts";
import { epochEvent, stepEvent } from "./run.ts";

function stopReason(
  act: (callback: StopOnNaN, control: TrainingControl) => void,
  weights: readonly number[] = [],
): string | undefined {
  let reason: string | undefined;
  const control: TrainingControl = {
    learningRateFactor: 1,
    stop: (text, facts) => {
      reason = `${facts?.by}: ${text}`;
    },
    copyParameters: () => Float32Array.from(weights),
    restoreParameters: () => {},
  };
  act(new StopOnNaN(), control);
  return reason;
}

describe("StopOnNaN", () => {
  it("says by facts that the training diverged, from which the error is made", () => {
    let end: Stop | undefined;
    const control: TrainingControl = {
      learningRateFactor: 1,
      stop: (stopped, facts) => {
        end = { stopped, ...facts };
      },
      copyParameters: () => new Float32Array(1),
      restoreParameters: () => {},
    };
    new StopOnNaN().onEpochEnd(epochEvent({ epoch: 2, valLoss: Number.NaN }), control);
    const error = divergenceOf(end);
    expect(error).toBeInstanceOf(DivergedError);
    expect(error).toMatchObject({ code: "diverged", expected: "a finite validation loss", who: "training diverged" });
    expect(divergenceOf({ stopped: "stopOnNaN: enough", by: "stopOnNaN" })).toBeUndefined();
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "stops at the step of a loss %d",
    (loss) => {
      const event = stepEvent({ epoch: 3, step: 1058, stepInEpoch: 120, stepsPerEpoch: 469, lr: 0.5, loss });
      const reason = stopReason((callback, control) => callback.onStepEnd(event, control));
      expect(reason).toContain(
        `stopOnNaN: expected a finite loss, got ${loss} in epoch 3, step 120 of 469, learning rate 0.5; try a lower`,
      );
    },
  );

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("stops after an epoch with a validation loss %d", (valLoss) => {
    const event = epochEvent({ epoch: 2, valLoss });
    const reason = stopReason((callback, control) => callback.onEpochEnd(event, control));
    expect(reason).toContain(`expected a finite validation loss, got ${valLoss} after epoch 2, learning rate 0.1`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("stops after an epoch that left a weight %d", (weight) => {
    const event = epochEvent({ epoch: 2, valLoss: 0.5, lr: 0.5 });
    const reason = stopReason((callback, control) => callback.onEpochEnd(event, control), [0.5, weight]);
    expect(reason).toContain(
      "stopOnNaN: expected finite weights, got NaN or infinite ones after epoch 2, learning rate 0.5",
    );
  });

  it("lets finite losses pass, and epochs without validation", () => {
    const reason = stopReason((callback, control) => {
      callback.onStepEnd(stepEvent({ loss: 1e30 }), control);
      callback.onEpochEnd(epochEvent({}), control);
      callback.onEpochEnd(epochEvent({ valLoss: 2 }), control);
    });
    expect(reason).toBeUndefined();
  });
});
