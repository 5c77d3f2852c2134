import type { Node } from "../../graph/graph.ts";
import { LEAKY_RELU, RELU } from "../../layers/activation.ts";
import { RESCALING } from "../../layers/rescaling.ts";
import { ELU, GELU } from "../../layers/smooth-activation.ts";
import { asTheyAre, ofImage, ofVector } from "../channels-first.ts";
import { optionsOf } from "../layer-options.ts";
import type { WriteLayer } from "./python-network.ts";

/** Writes a layer that works element by element, whatever their order. */
function elementwise(write: (x: string, node: Node) => string): WriteLayer {
  return (_, node, [input]) => ({ ...input, code: write(input.code, node) });
}

/** Writes a layer that is a function of the tensor alone. */
export function call(name: string): WriteLayer {
  return elementwise((x) => `${name}(${x})`);
}

/** Writes a layer that does nothing once a network is trained. */
export const writeNothing: WriteLayer = (_, __, [input]) => input;

/** Writes `relu`: a factor for negative values, a bound, or both. */
export const writeRelu: WriteLayer = elementwise((x, node) => {
  const { maxValue, negativeSlope } = optionsOf(node, RELU);
  if (negativeSlope === 0) return maxValue === undefined ? `F.relu(${x})` : `${x}.clamp(0, ${maxValue})`;
  const sloped = `F.leaky_relu(${x}, ${negativeSlope})`;
  return maxValue === undefined ? sloped : `${sloped}.clamp(max=${maxValue})`;
});

/** Writes `leakyRelu`. */
export const writeLeakyRelu: WriteLayer = elementwise(
  (x, node) => `F.leaky_relu(${x}, ${optionsOf(node, LEAKY_RELU).negativeSlope})`,
);

/** Writes `elu`. */
export const writeElu: WriteLayer = elementwise((x, node) => `F.elu(${x}, ${optionsOf(node, ELU).alpha})`);

/** Writes `gelu`. */
export const writeGelu: WriteLayer = elementwise((x, node) =>
  optionsOf(node, GELU).approximate ? `F.gelu(${x}, approximate="tanh")` : `F.gelu(${x})`,
);

/** Writes `rescaling`. */
export const writeRescaling: WriteLayer = elementwise((x, node) => {
  const { scale, offset } = optionsOf(node, RESCALING);
  return `(${x} * ${scale}${offset === 0 ? "" : ` + ${offset}`})`;
});

/** Writes `softmax` along channels. */
export const writeSoftmax: WriteLayer = (_, __, [input]) => ({
  ...input,
  code: `F.softmax(${input.code}, ${input.shape.length === 3 ? 1 : -1})`,
});

/** Writes `prelu`: PyTorch's, or where factors are of other axes by its formula. */
export const writePrelu: WriteLayer = (net, node, [input]) => {
  const alpha = net.get(node, "alpha");
  const { shape } = alpha;
  const channels = shape.at(-1) ?? 1;
  const isOfChannels = shape.slice(0, -1).every((extent) => extent === 1) && input.shape.length !== 2;
  if (isOfChannels) {
    const order = channels > 1 ? ofVector(channels, input.image) : asTheyAre([1]);
    const own = net.module(node.path, `nn.PReLU(${channels})`);
    net.weight(node.path, "weight", alpha, order);
    return { ...input, code: `${own}(${input.code})` };
  }
  const order = shape.length === 3 ? ofImage(shape) : asTheyAre(shape);
  const own = net.module(node.path, "nn.Module()");
  net.modules.push(`${own}.weight = nn.Parameter(torch.zeros(${order.dims.join(", ")}))`);
  net.weight(node.path, "weight", alpha, order);
  net.functions.add("_prelu");
  return { ...input, code: `_prelu(${input.code}, ${own}.weight)` };
};
