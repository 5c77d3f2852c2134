/** The parts of an ONNX model that are read: https://onnx.ai/onnx/repo-docs/IR.html. */

/** The word for an axis of channels: https://onnx.ai/onnx/repo-docs/DimensionDenotation.html. */
export const CHANNEL_AXIS = "DATA_CHANNEL";

/** A file's model. */
export interface OnnxModel {
  /** Version of the operators of ONNX' own domain. */
  readonly opset: number;
  readonly graph: OnnxGraph;
  readonly metadata: ReadonlyMap<string, string>;
}

/** Nodes, each after those whose outputs it takes, and tensors by name. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
}

/** An input, and its shape: numbers, and names of extents that are left open. */
export interface OnnxInput {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  /** The axis that the file calls that of channels (`DATA_CHANNEL`). */
  readonly channelAxis?: number | undefined;
}

/** An operator applied to tensors; an empty name stands for an input or output that is left out. */
export interface OnnxNode {
  readonly op: string;
  readonly domain: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, OnnxAttribute>;
}

/** The value of an attribute. */
export type OnnxAttribute =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "numbers"; readonly value: readonly number[] }
  | { readonly kind: "text"; readonly value: string }
  | { readonly kind: "tensor"; readonly value: OnnxTensor }
  /** A graph, texts, or another value that no operator here takes. */
  | { readonly kind: "other" };

/** A constant tensor, as the file has it. */
export interface OnnxTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Number of the type of its elements, such as 1 for float32. */
  readonly type: number;
  /** The values as little-endian bytes; undefined where the file has them in another form. */
  readonly raw: Uint8Array | undefined;
  /** The values as numbers, those of half precision as their bits; empty where the file has them in another form. */
  readonly values: ArrayLike<number>;
  /** The part of another file that has the values. */
  readonly external: ExternalData | undefined;
}

/** A part of a file beside the model's. */
export interface ExternalData {
  readonly location: string;
  readonly offset: number;
  /** Bytes; undefined for all to the end. */
  readonly length: number | undefined;
}
