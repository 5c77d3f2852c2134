import type { RunPlan, Settings } from "./trial.ts";

/** Everything about the runs of a search but for what differs between them. Plain JSON, the same on every machine. */
export interface SearchJob extends RunPlan {
  /** Version of convasm: another might train to other bits. */
  readonly version: string;
  /** Settings of `train` that all runs have. */
  readonly train: Settings;
  /** The data as `train` takes it: `mnist`, `digits`, or a path; an address of a file with `#sha256=` and its digest; undefined: `train`'s own choice. */
  readonly data?: string | undefined;
  /** SHA-256 of the images and labels that are trained with, as the machine that began the search has it. */
  readonly sha256?: string | undefined;
  /** Figure to follow, such as `valAccuracy`. */
  readonly metric: string;
  /** True: the largest value is the best. */
  readonly maximize: boolean;
}

/** Facts that the check of a job found. */
export interface JobFacts {
  /** SHA-256 of the images and labels that are trained with. */
  readonly sha256: string;
  /** The data for people, such as "MNIST". */
  readonly title: string;
  /** Images to train on in the first run. */
  readonly trainImages: number;
  /** Images to test on. */
  readonly testImages: number;
  /** Images that each run is validated on. */
  readonly validationImages: number;
  /** Epochs of a whole run. */
  readonly epochs: number;
  /** Kernels that compute, such as `simd`. */
  readonly engine: string;
  /** Largest need of memory of the runs that were looked at, in bytes. */
  readonly memoryBytes: number;
}
