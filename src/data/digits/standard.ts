/** The digits that the command line trains and tests on: as many as MNIST has. */
export const STANDARD_DIGITS = {
  /** Always the same ones, whatever the seed of the training. */
  seed: 0,
  train: 60_000,
  test: 10_000,
  /** Index of the first digit to test on, so far along the endless sequence that training never reaches it. */
  testStart: 100_000_000,
} as const;
