import {
  type CompileOptions,
  createModel,
  type Layer,
  type MemoryUse,
  type Model,
  readLayers,
  type Shape,
} from "convasm";
import { reasonOf } from "../ui/messages.ts";
import type { ImageKind, LayerConfig, NetworkDraft } from "./draft.ts";

/** What is known of one layer of a draft. */
export interface CheckedLayer {
  /** Undefined after an error, its own or an earlier one. */
  readonly output: Shape | undefined;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** What does not fit here. */
  readonly error: string | undefined;
  /** Of a residual block: its own layers, and those of the way around. */
  readonly layers: readonly CheckedLayer[];
  readonly shortcut: readonly CheckedLayer[];
}

/** What is known of a draft. */
export interface CheckedNetwork {
  readonly layers: readonly CheckedLayer[];
  /** What is wrong with it as a whole, or with the first layer that has an error. */
  readonly error: string | undefined;
  /** There unless something is wrong. */
  readonly model: Model | undefined;
}

const UNKNOWN: CheckedLayer = {
  output: undefined,
  parameters: 0,
  multiplyAdds: 0,
  error: undefined,
  layers: [],
  shortcut: [],
};

/** Checks a draft layer by layer, so that an error shows where it belongs. */
export function checkNetwork({ layers, scaling }: NetworkDraft, { shape, classes }: ImageKind): CheckedNetwork {
  const checked = checkLayers(layers, shape);
  const wrong = firstError(checked);
  if (wrong !== undefined) return { layers: checked, error: wrong, model: undefined };
  try {
    const model = createModel({ input: { shape, ...scaling }, layers: readLayers(layers, "layers") });
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

function checkLayers(configs: readonly LayerConfig[], input: Shape): CheckedLayer[] {
  let shape: Shape | undefined = input;
  return configs.map((config) => {
    const checked: CheckedLayer = shape === undefined ? UNKNOWN : checkLayer(config, shape);
    shape = checked.output;
    return checked;
  });
}

function checkLayer(config: LayerConfig, input: Shape): CheckedLayer {
  const inside =
    config.type === "residual"
      ? {
          layers: checkLayers(configsOf(config.layers), input),
          shortcut: checkLayers(configsOf(config.shortcut), input),
        }
      : { layers: [], shortcut: [] };
  try {
    const [layer] = readLayers([config], "layer");
    const who = config.name === undefined ? config.type : `${config.type} "${config.name}"`;
    const output = layer.outputShape([input], who);
    return {
      ...inside,
      output: layer.activation?.outputShape([output], who) ?? output,
      parameters: parametersOf(layer, input),
      multiplyAdds: layer.multiplyAdds([input]),
      error: undefined,
    };
  } catch (error) {
    // What is wrong inside a block shows there.
    const isInside = firstError([...inside.layers, ...inside.shortcut]) !== undefined;
    return { ...UNKNOWN, ...inside, error: isInside ? "A layer in this block does not fit." : reasonOf(error) };
  }
}

function parametersOf(layer: Layer, input: Shape): number {
  const size = (shape: Shape): number => shape.reduce((product, extent) => product * extent, 1);
  return layer.parameters([input]).reduce((sum, spec) => sum + size(spec.shape), 0);
}

/** The layers in an option of a residual block; what is no such list is told by the block's own check. */
export function configsOf(value: LayerConfig[string]): LayerConfig[] {
  if (!Array.isArray(value)) return [];
  return value.filter((item): item is LayerConfig => typeof item === "object" && item !== null && "type" in item);
}

function firstError(layers: readonly CheckedLayer[]): string | undefined {
  for (const { layers: inner, shortcut, error } of layers) {
    const found = firstError([...inner, ...shortcut]) ?? error;
    if (found !== undefined) return found;
  }
  return undefined;
}
