import {
  type CompileOptions,
  createModel,
  type LayerSurvey,
  type MemoryUse,
  type Model,
  readLayers,
  surveyLayers,
} from "convasm";
import { reasonOf } from "../ui/messages.ts";
import type { ImageKind, LayerConfig, NetworkDraft } from "./draft.ts";

/** Facts about a draft. */
export interface CheckedNetwork {
  readonly layers: readonly LayerSurvey[];
  /** Error of the network as a whole, or of the first layer that has one. */
  readonly error: string | undefined;
  /** There unless something is wrong. */
  readonly model: Model | undefined;
  /** Reason why it can be looked at, drawn for and saved, but not trained here. */
  readonly untrained?: string | undefined;
}

/** Checks a draft layer by layer, so that an error shows where it belongs. */
export function checkNetwork(
  { layers, scaling, outputs }: NetworkDraft,
  { shape, classes }: ImageKind,
): CheckedNetwork {
  const checked = surveyLayers(layers, shape, outputs);
  const wrong = firstError(checked);
  if (wrong !== undefined) return { layers: checked, error: wrong, model: undefined };
  try {
    const model = createModel({ input: { shape, ...scaling }, layers: readLayers(layers, "layers"), outputs });
    const { outputShapes } = model.architecture;
    if (outputShapes.size > 1) {
      const names = [...outputShapes].map(([name, output]) => `${name} [${output.join(", ")}]`).join(" and ");
      const untrained = `It gives ${outputShapes.size} outputs, ${names}: training takes a network with one.`;
      return { layers: checked, error: undefined, model, untrained };
    }
    const { output } = model.architecture;
    if (output.length !== 1 || output[0] < classes) {
      const problem = `The last layer gives [${output.join(", ")}], the images have ${classes} classes.`;
      return { layers: checked, error: `${problem} End with a dense layer of ${classes} units.`, model: undefined };
    }
    return { layers: checked, error: undefined, model };
  } catch (error) {
    return { layers: checked, error: reasonOf(error), model: undefined };
  }
}

/** The memory that training would take, or undefined where it cannot be told. */
export function memoryOf(model: Model, options: CompileOptions): MemoryUse | undefined {
  try {
    return model.planMemory(options);
  } catch {
    // A wrong setting is told where it is set.
    return undefined;
  }
}

/** The layers in an option of a residual block; what is no such list is told by the block's own check. */
export function configsOf(value: LayerConfig[string]): LayerConfig[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is LayerConfig => typeof item === "object" && item !== null && "type" in item);
}

/** The error of the first layer that has one, in a block or not. */
export function firstError(layers: readonly LayerSurvey[]): string | undefined {
  for (const { layers: inner, shortcut, error } of layers) {
    const found = firstError([...inner, ...shortcut]) ?? error;
    if (found !== undefined) return found;
  }
  return undefined;
}
