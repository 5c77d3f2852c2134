/** An optimizer step. Emitted after each batch. */
export interface StepEvent {
  /** Tells it from other events. */
  readonly event: "step";
  /** Epoch, from 1. */
  readonly epoch: number;
  /** Steps done since the start of training, from 1. */
  readonly step: number;
  /** Steps done in this epoch, from 1 to `stepsPerEpoch`. */
  readonly stepInEpoch: number;
  /** Steps of an epoch. */
  readonly stepsPerEpoch: number;
  /** Examples in the batch. */
  readonly batchSize: number;
  /** Mean loss of this batch, before the update. */
  readonly loss: number;
  /** Mean loss of the epoch so far. */
  readonly epochLoss: number;
  /** Share of right answers in the epoch so far; NaN where the loss knows no classes. */
  readonly epochAccuracy: number;
  /** Learning rate of this step. */
  readonly lr: number;
  /** Training throughput of the epoch so far. */
  readonly imagesPerSecond: number;
  /** Seconds of the step in which its images were waited for, of a streamed data set. */
  readonly waitSeconds?: number;
}

/** A pass over the training data, with validation figures if there is validation data. */
export interface EpochEvent {
  /** Tells it from other events. */
  readonly event: "epoch";
  /** Epoch, from 1. */
  readonly epoch: number;
  /** Epochs of the whole run. */
  readonly epochs: number;
  /** Means over the epoch's batches, each before its update. Accuracy is NaN where the loss knows no classes. */
  readonly trainLoss: number;
  /** Share of right answers among the images trained on. */
  readonly trainAccuracy: number;
  /** Mean loss on the validation images. */
  readonly valLoss?: number;
  /** Share of right answers among the validation images. */
  readonly valAccuracy?: number;
  /** The metrics that were asked for, over the epoch's batches, each before its update. */
  readonly trainMetrics?: Readonly<Record<string, number>>;
  /** The metrics that were asked for, on the validation images. */
  readonly valMetrics?: Readonly<Record<string, number>>;
  /** Learning rate of the epoch's last step. */
  readonly lr: number;
  /** Training throughput of the epoch. */
  readonly imagesPerSecond: number;
  /** Seconds the epoch took, validation included. */
  readonly seconds: number;
}

/** Figures over some images in the course of a run. */
export interface ReportFigures {
  /** Epoch, from 1. */
  readonly epoch: number;
  /** Steps done since the start of training. */
  readonly step: number;
  /** Number of images. */
  readonly images: number;
  /** Means over the images. Accuracy is NaN where the loss knows no classes. */
  readonly loss: number;
  /** Share of right answers. */
  readonly accuracy: number;
}

/** Means of the training figures over the last `averageEvery` steps, each batch before its update. */
export interface AverageEvent extends ReportFigures {
  /** Tells it from other events. */
  readonly event: "average";
  /** Steps that the means span. */
  readonly steps: number;
}

/** An evaluation on a random sample, as `evaluations` asked for. */
export interface EvaluationEvent extends ReportFigures {
  /** Tells it from other events. */
  readonly event: "evaluation";
  /** The images that were evaluated. */
  readonly on: "training" | "validation";
}

/** A report within an epoch; after the step event of the step that it belongs to. */
export type ReportEvent = AverageEvent | EvaluationEvent;

/** An event of a run. */
export type FitEvent = StepEvent | ReportEvent | EpochEvent;
