import { InputRangeError } from "../errors.ts";
import type { Network } from "../model/network.ts";
import type { Stop, TrainingControl } from "./callback.ts";

/** The parts of a run that callbacks may change. */
export interface Controlled {
  learningRateFactor: number;
  /** Ends the run after the event that is being told. */
  endWith(stop: Stop): void;
}

/** Ways in which callbacks may change a run of a network, for the code that drives it: between two steps. */
export function trainingControl(network: Network, run: Controlled): TrainingControl {
  const { offset, count } = network.parameters.moving;
  return {
    get learningRateFactor() {
      return run.learningRateFactor;
    },
    set learningRateFactor(factor) {
      run.learningRateFactor = factor;
    },
    stop(reason, facts) {
      const stopped = facts?.by === undefined ? reason : `${facts.by}: ${reason}`;
      run.endWith({ stopped, ...(stopped !== reason && { reason }), ...facts });
    },
    copyParameters: () => Float32Array.from(network.view(offset, count)),
    restoreParameters(parameters) {
      // From a checkpoint they may be of another model; the heap would take them, and lose what lies behind.
      if (parameters.length !== count) {
        throw new InputRangeError("restoreParameters", `${count} values`, `${parameters.length}`);
      }
      network.engine.heap.set(parameters, offset);
      network.parametersChanged();
    },
  };
}
