import type { InputRangeError } from "../../errors.ts";
import { nearest } from "../../options/nearest.ts";
import type { OpNode } from "./op-node.ts";
import { KNOWN_OPERATORS } from "./shapes.ts";

/** The nearest supported operator for operators that are not supported. */
const NEAREST: Readonly<Record<string, string>> = {
  LpPool: "AveragePool",
  GlobalLpPool: "GlobalAveragePool",
  LRN: "BatchNormalization",
  LpNormalization: "LayerNormalization",
  MeanVarianceNormalization: "InstanceNormalization",
  RMSNormalization: "LayerNormalization",
  ThresholdedRelu: "Relu",
  Shrink: "Relu",
  Hardmax: "Softmax",
  LogSoftmax: "Softmax, which has the same order",
  ReduceSum: "ReduceMean with a Mul",
  ReduceL2: "ReduceMean",
  DepthToSpace: "ConvTranspose or Resize",
  SpaceToDepth: "Conv with strides",
  GridSample: "Resize",
  RoiAlign: "Resize",
  Einsum: "MatMul with constant weights",
  Attention: "Conv and a product with a Sigmoid (squeeze-and-excitation)",
  LSTM: "Conv over one axis",
  GRU: "Conv over one axis",
  RNN: "Conv over one axis",
  ConvInteger: "Conv; export the network before it is quantised",
  QLinearConv: "Conv; export the network before it is quantised",
  QLinearMatMul: "MatMul; export the network before it is quantised",
  QuantizeLinear: "float weights; export the network before it is quantised",
  DequantizeLinear: "float weights; export the network before it is quantised",
  MaxUnpool: "Resize",
  DeformConv: "Conv",
  Min: "Clip, where one of two is a number",
  Pow: "Mul",
  Div: "Mul, or Div by a constant",
  Gather: "Slice",
  Tile: "Resize",
  Expand: "Resize",
};

/** The error for an operator that is not read. */
export function unknownOperator(node: OpNode, domain: string): InputRangeError {
  if (domain !== "" && domain !== "ai.onnx") {
    return node.unsupported("operators of ONNX' own", `one of ${JSON.stringify(domain.slice(0, 60))}`);
  }
  const near = Object.hasOwn(NEAREST, node.op)
    ? NEAREST[node.op]
    : nearest(
        node.op,
        KNOWN_OPERATORS.filter((name) => name !== node.op),
      );
  const advice = near === undefined ? undefined : `the nearest is ${near}`;
  return node.unsupported("an operator that there is a layer for (docs/FORMATS.md)", node.op.slice(0, 60), advice);
}
