/**
 * The tensors of other programs' files of weights.
 *
 * @module
 */

import { InputRangeError } from "../errors.ts";
import { isPytorch, readStateDict } from "../formats/pytorch/state-dict.ts";
import { decodeSafetensors } from "../formats/safetensors.ts";
import type { ReadForeignWeights } from "./foreign-model.ts";
import { pytorchLayouts } from "./pytorch-layout.ts";

/**
 * The tensors of a file of `torch.save`, or of safetensors, in the file's order, for a network in PyTorch's layouts.
 *
 * @throws RangeError if it is another file, or a damaged one
 */
export const readPytorchWeights: ReadForeignWeights = async ({ who, title, bytes }, { graph }) => {
  const form = {
    program: "PyTorch",
    layouts: pytorchLayouts(graph),
    isOrdered: true,
    nameOf: (path: string) => path.replaceAll("/", "."),
  };
  if (isPytorch(bytes)) return { ...form, tensors: await readStateDict(bytes, title) };
  const { tensors, metadata } = decodeSafetensors(bytes, { name: title, convert: true });
  if (metadata.format === "convasm") {
    throw new InputRangeError(who, "weights of another program", "a model of convasm, which loadModel reads");
  }
  return { ...form, tensors: [...tensors].map(([name, { shape, data }]) => ({ name, shape, floats: () => data })) };
};
