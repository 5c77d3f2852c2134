/**
 * The tensors of other programs' files of weights.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import type { ForeignTensor } from "../formats/foreign-tensor.ts";
import { isPytorch, readStateDict } from "../formats/pytorch/state-dict.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";
import type { ReadForeignWeights } from "./foreign-model.ts";
import type { ModelFiles } from "./model-files.ts";
import { pytorchLayouts } from "./pytorch-layout.ts";

/** The tensors of a file for a network in PyTorch's layouts, with the errors of `readTensors`. */
export const readPytorchWeights: ReadForeignWeights = async (files, { graph }) => ({
  program: "PyTorch",
  layouts: pytorchLayouts(graph),
  isOrdered: true,
  nameOf: (path: string) => path.replaceAll("/", "."),
  tensors: await readTensors(files),
});

/**
 * The tensors of a file of `torch.save`, or of safetensors, in the file's order.
 *
 * @throws RangeError if it is another file, or a damaged one
 */
export async function readTensors({ who, title, bytes }: ModelFiles): Promise<readonly ForeignTensor[]> {
  if (isPytorch(bytes)) return readStateDict(bytes, title);
  const { tensors, metadata } = decodeSafetensors(bytes, { name: title, convert: true });
  if (metadata.format === "convasm") {
    throw new InputRangeError(who, "weights of another program", "a model of convasm, which loadModel reads");
  }
  return [...tensors].map(([name, { shape, data }]) => ({ name, shape, floats: () => data }));
}
