import type { SymbolicTensor } from "../layers/layer.ts";
import { rescaling } from "../layers/rescaling.ts";

/**
 * Outputs of a network that come through a layer: images that a file hands on as they are, or only scales, go through one that changes
 * nothing.
 */
export function throughLayers(images: SymbolicTensor, outputs: readonly SymbolicTensor[]): readonly SymbolicTensor[] {
  return outputs.map((output) => (output === images ? rescaling({ scale: 1 }).apply(images) : output));
}
