/** A tensor of another program's file. */
export interface ForeignTensor {
  /** Its name there, such as `features.0.weight`. */
  readonly name: string;
  /** Its shape there, in that program's order of axes; empty for a single number. */
  readonly shape: readonly number[];
  /**
   * Its values in row order; may be a view of the file's bytes, which must not be written to.
   *
   * @throws RangeError for whole numbers that are others as floats
   */
  floats(): Float32Array;
}
