/** Names of ours, layers or weights, and what they are called in the file: modules or tensors. */
export type WeightMapping = Readonly<Record<string, string>>;

/** A weight, and the tensor that it was read from. */
export interface WeightPair {
  /** Our name, such as `conv2d/kernel`. */
  readonly weight: string;
  /** The tensor's, such as `features.0.weight`. */
  readonly tensor: string;
}

/** The weights that a file has for a network. */
export interface WeightFit {
  /** The values by our names, in our order of axes. */
  readonly values: ReadonlyMap<string, Float32Array>;
  /** The weights and the tensors that they were read from. */
  readonly pairs: readonly WeightPair[];
  /** Our names of weights for which there is no tensor. */
  readonly missing: readonly string[];
  /** Names of tensors that no weight was read from. */
  readonly unused: readonly string[];
}
