import { InputRangeError } from "../errors.ts";
import { type Layer, layerTitle, type SymbolicTensor } from "../layers/layer.ts";
import { INPUT, layerNames } from "./build.ts";

/**
 * A network as a list: layers with the names of their inputs, and the names of the layers whose outputs are the
 * network's.
 */
export interface LayerList {
  readonly layers: readonly Layer[];
  readonly outputs: readonly string[];
}

/**
 * Lists the layers that made tensors, each after those whose outputs it takes. Layers keep their names, and name their
 * inputs only if these are not the layer before.
 *
 * @param input the model's
 * @param outputs the model's, each made of `input`
 * @throws RangeError naming the layer for one that was applied twice, or outputs that are not made of `input` alone
 */
export function listOf(input: SymbolicTensor, outputs: readonly SymbolicTensor[]): LayerList {
  const tensors = ordered(input, outputs);
  const layers = tensors.map(({ source }) => source.layer);
  const places = new Map(layers.map((layer, index) => [layer, index]));
  const twice = layers.find((layer, index) => places.get(layer) !== index);
  if (twice !== undefined) {
    throw new InputRangeError(layerTitle(twice), "to be applied once, as layers share no weights", "more");
  }
  const names = layerNames(layers);
  const known = new Map<SymbolicTensor, string>([[input, INPUT]]);
  tensors.forEach((tensor, index) => {
    known.set(tensor, names[index]);
  });
  // The order contains all of them.
  const nameOf = (tensor: SymbolicTensor) => known.get(tensor) ?? INPUT;
  const list = tensors.map(({ source: { layer, inputs } }, index) => {
    const before = index === 0 ? input : tensors[index - 1];
    if (inputs.length === 1 && inputs[0] === before) return layer;
    if (inputs.includes(input) && names.includes(INPUT)) {
      throw new InputRangeError(layerTitle(layer), "no layer named as the model's input", `"${INPUT}"`);
    }
    const { type, ...config } = layer.config;
    return { ...layer, config: { ...config, inputs: inputs.map(nameOf), type } };
  });
  return { layers: list, outputs: outputs.map(nameOf) };
}

/** A tensor that a layer made. */
interface Applied extends SymbolicTensor {
  readonly source: NonNullable<SymbolicTensor["source"]>;
}

function isApplied(tensor: SymbolicTensor): tensor is Applied {
  return tensor.source !== undefined;
}

/** All tensors from which outputs are computed, without the input, each after those that it depends on. */
function ordered(input: SymbolicTensor, outputs: readonly SymbolicTensor[]): readonly Applied[] {
  const order: Applied[] = [];
  const done = new Set([input]);
  for (const output of outputs) {
    // A stack of its own: networks may be deeper than calls can nest.
    const trail = [{ tensor: output, taken: 0 }];
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const { tensor } = top;
      if (done.has(tensor)) {
        trail.pop();
      } else if (!isApplied(tensor)) {
        throw new InputRangeError(
          "outputs",
          `to be made of the model's input, [${input.shape}]`,
          `another one, [${tensor.shape}]`,
          "shape-mismatch",
        );
      } else if (top.taken < tensor.source.inputs.length) {
        trail.push({ tensor: tensor.source.inputs[top.taken], taken: 0 });
        top.taken++;
      } else {
        done.add(tensor);
        order.push(tensor);
      }
    }
  }
  return order;
}
