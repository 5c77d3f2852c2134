import { isInputError } from "../../errors.ts";
import { INPUT_SCALING_KEY } from "../../formats/onnx/metadata.ts";
import { isRecord } from "../../json.ts";
import { readInput } from "../../model/input.ts";
import type { InputScaling } from "../foreign-model.ts";

/** The scaling of pixels before the network's own that a file's metadata tells; undefined where they tell none that could be. */
export function toldScaling(metadata: ReadonlyMap<string, string>, channels: number): InputScaling | undefined {
  const text = metadata.get(INPUT_SCALING_KEY);
  if (text === undefined) return undefined;
  try {
    const told: unknown = JSON.parse(text);
    if (!isRecord(told)) return undefined;
    if (told.inside === true) return { scale: 1, offset: 0 };
    const { scale, offset } = readInput({ shape: [1, 1, channels], scale: told.scale, offset: told.offset });
    return { scale, offset };
  } catch (error) {
    if (isInputError(error) || error instanceof SyntaxError) return undefined;
    throw error;
  }
}
