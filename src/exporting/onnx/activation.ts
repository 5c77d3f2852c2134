import type { Node } from "../../graph/graph.ts";
import { LEAKY_RELU, RELU } from "../../layers/activation.ts";
import { PRELU } from "../../layers/prelu.ts";
import { RESCALING } from "../../layers/rescaling.ts";
import { ELU, GELU, SELU_DEPTH, SELU_SLOPE } from "../../layers/smooth-activation.ts";
import { asTheyAre, ofImage, ofVector } from "../channels-first.ts";
import { optionsOf } from "../layer-options.ts";
import type { OnnxNetwork, Value, WriteNode } from "./onnx-network.ts";

/** Writes a layer that works element by element, whatever their order. */
export function elementwise(write: (net: OnnxNetwork, node: Node, x: string) => string): WriteNode {
  return (net, node, [input]): Value => ({ ...input, name: write(net, node, input.name) });
}

/** Writes a layer that is one operator without attributes. */
export function operator(op: string): WriteNode {
  return elementwise((net, node, x) => net.node(node.path, op, [x]));
}

/** Writes a layer that does nothing once a network is trained. */
export const writeNothing: WriteNode = (_, __, [input]) => input;

/** Writes `relu`: a factor for negative values, a bound, or both. */
export const writeRelu: WriteNode = elementwise((net, node, x) => {
  const { maxValue, negativeSlope } = optionsOf(node, RELU);
  const bound = (least: string, input: string) =>
    maxValue === undefined
      ? input
      : net.node(node.path, "Clip", [input, least, net.floats(node.path, "max", [], [maxValue])]);
  if (negativeSlope === 0) {
    if (maxValue === undefined) return net.node(node.path, "Relu", [x]);
    return bound(net.floats(node.path, "min", [], [0]), x);
  }
  const sloped = negativeSlope === 1 ? x : leaky(net, node, x, negativeSlope);
  return bound("", sloped);
});

/** Writes `leakyRelu`. */
export const writeLeakyRelu: WriteNode = elementwise((net, node, x) =>
  leaky(net, node, x, optionsOf(node, LEAKY_RELU).negativeSlope),
);

function leaky(net: OnnxNetwork, node: Node, x: string, slope: number): string {
  return net.node(node.path, "LeakyRelu", [x], { alpha: { float: slope } });
}

/** Writes `elu`. */
export const writeElu: WriteNode = elementwise((net, node, x) =>
  net.node(node.path, "Elu", [x], { alpha: { float: optionsOf(node, ELU).alpha } }),
);

/** Writes `selu`. */
export const writeSelu: WriteNode = elementwise((net, node, x) =>
  net.node(node.path, "Selu", [x], { alpha: { float: SELU_DEPTH / SELU_SLOPE }, gamma: { float: SELU_SLOPE } }),
);

/** Writes `hardSigmoid`. */
export const writeHardSigmoid: WriteNode = elementwise((net, node, x) =>
  net.node(node.path, "HardSigmoid", [x], { alpha: { float: 1 / 6 }, beta: { float: 0.5 } }),
);

/** Writes `silu`, x times its sigmoid. */
export const writeSilu: WriteNode = elementwise((net, node, x) =>
  net.node(node.path, "Mul", [x, net.node(node.path, "Sigmoid", [x])]),
);

/** Writes `mish`, x tanh(softplus(x)). */
export const writeMish: WriteNode = elementwise((net, node, x) =>
  net.node(node.path, "Mul", [x, net.node(node.path, "Tanh", [net.node(node.path, "Softplus", [x])])]),
);

/** Writes `gelu` by its formulas: ONNX has an operator for it from version 20 on. */
export const writeGelu: WriteNode = elementwise((net, node, x) => {
  const number = (name: string, value: number) => net.floats(node.path, name, [], [value]);
  const { path } = node;
  const inner = optionsOf(node, GELU).approximate
    ? () => {
        const cubed = net.node(path, "Mul", [net.node(path, "Mul", [x, x]), x]);
        const sum = net.node(path, "Add", [x, net.node(path, "Mul", [cubed, number("cube", 0.044715)])]);
        return net.node(path, "Tanh", [net.node(path, "Mul", [sum, number("factor", Math.sqrt(2 / Math.PI))])]);
      }
    : () => net.node(path, "Erf", [net.node(path, "Div", [x, number("root", Math.SQRT2)])]);
  const sum = net.node(path, "Add", [inner(), number("one", 1)]);
  return net.node(path, "Mul", [net.node(path, "Mul", [x, sum]), number("half", 0.5)]);
});

/** Writes `rescaling`. */
export const writeRescaling: WriteNode = elementwise((net, node, x) => {
  const { scale, offset } = optionsOf(node, RESCALING);
  const scaled = net.node(node.path, "Mul", [x, net.floats(node.path, "scale", [], [scale])]);
  return offset === 0 ? scaled : net.node(node.path, "Add", [scaled, net.floats(node.path, "offset", [], [offset])]);
});

/** Writes `softmax` along channels. */
export const writeSoftmax: WriteNode = (net, node, [input]) => {
  const axis = input.shape.length === 3 ? 1 : input.shape.length;
  return { ...input, name: net.node(node.path, "Softmax", [input.name], { axis: { int: axis } }) };
};

/** Writes `prelu`. */
export const writePrelu: WriteNode = (net, node, [input]) => {
  optionsOf(node, PRELU);
  const alpha = net.get(node, "alpha");
  const { shape } = alpha;
  const isOwn = shape.length === 1 && shape[0] === input.shape[0];
  const order = shape.length === 3 ? ofImage(shape) : isOwn ? ofVector(shape[0], input.image) : asTheyAre(shape);
  return { ...input, name: net.node(node.path, "PRelu", [input.name, net.weight(node, alpha, "weight", order)]) };
};
