/** Shape of the images in the folders beside this file. */
export const SHAPE = [12, 8, 2];

/**
 * Options of the runs whose checkpoints are in the folders beside this file, with all that has a memory of its own.
 *
 * @param convasm the package, or what a test has of it
 * @param validation a data set
 * @param hasAveraging true where the state of the package had averages of weights
 */
export function runOptions({ cosine, EarlyStopping, ReduceOnPlateau, ema }, validation, hasAveraging) {
  return {
    epochs: 4,
    validation,
    schedule: cosine({ warmupEpochs: 1 }),
    augment: { shift: 1, rotate: 10, horizontalFlip: true },
    callbacks: [
      new ReduceOnPlateau({ monitor: "trainLoss", patience: 1, factor: 0.5, minDelta: 0.2 }),
      new EarlyStopping({ monitor: "valLoss", patience: 6 }),
    ],
    ...(hasAveraging && { averaging: ema({ decay: 0.8 }) }),
  };
}
