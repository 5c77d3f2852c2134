/** Outputs above this count as a label. */
const THRESHOLD = 0.5;

/**
 * Counts a batch of images with any number of labels.
 *
 * @param scores `[n, outputs]`, probabilities; may be longer
 * @param targets `[n, outputs]`: 1 for each label that an image has, else 0
 */
export function countLabels(
  scores: Float32Array | Float64Array,
  targets: Float32Array,
  outputs: number,
  hasNaN: boolean,
) {
  const zeros = () => new Array<number>(outputs).fill(0);
  const [support, predicted, right] = [zeros(), zeros(), zeros()];
  const images = targets.length / outputs;
  let exact = 0;
  for (let i = 0; i < images; i++) {
    let isExact = true;
    for (let c = 0; c < outputs; c++) {
      const [has, says] = [targets[i * outputs + c] > THRESHOLD, scores[i * outputs + c] > THRESHOLD];
      if (has) support[c]++;
      if (says) predicted[c]++;
      if (has && says) right[c]++;
      isExact &&= has === says;
    }
    if (isExact) exact++;
  }
  return { support, predicted, right, ranks: [], hasNaN, exact, images };
}
