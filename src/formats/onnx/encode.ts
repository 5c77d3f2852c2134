/**
 * ONNX files from plain data: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, of which only the fields are written that are needed.
 *
 * @module
 */

import { kindOf } from "../../numeric/array-kinds.ts";
import { CHANNEL_AXIS } from "./messages.ts";

type Wire = typeof import("@bufbuild/protobuf/wire");
type Writer = InstanceType<Wire["BinaryWriter"]>;

/** The value of an attribute; `text` is written as bytes in UTF-8. */
export type WrittenAttribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly text: string }
  | { readonly ints: readonly number[] };

/** An operator applied to tensors; an empty name stands for an input that is left out. */
export interface WrittenNode {
  readonly op: string;
  readonly name: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, WrittenAttribute>>;
}

/** A constant tensor. The array's type is that of its elements: of `Uint16Array` half precision's bits. */
export interface WrittenTensor {
  readonly name: string;
  readonly dims: readonly number[];
  readonly data: Float32Array | Uint16Array | Int8Array | BigInt64Array;
}

/** An input or output of float32: extents, or the name of one that is left open. */
export interface WrittenValue {
  readonly name: string;
  readonly dims: readonly (number | string)[];
  /** The axis of channels, where it is told. */
  readonly channelAxis?: number;
}

/** A model to write. */
export interface WrittenModel {
  readonly opset: number;
  readonly producer: string;
  readonly nodes: readonly WrittenNode[];
  readonly initializers: readonly WrittenTensor[];
  readonly inputs: readonly WrittenValue[];
  readonly outputs: readonly WrittenValue[];
  readonly metadata: ReadonlyMap<string, string>;
}

/** Version of the format: that of ONNX 1.13, which runtimes of 2022 on read. */
const IR_VERSION = 8;

const [VARINT, BYTES, FIXED32] = [0, 2, 5];

/** Numbers of types: https://onnx.ai/onnx/api/classes.html#tensorproto. */
const FLOAT32 = 1;

/** The bytes of a model's file. */
export async function encodeOnnx(model: WrittenModel): Promise<Uint8Array<ArrayBuffer>> {
  const { BinaryWriter } = await import("@bufbuild/protobuf/wire");
  const writer = new BinaryWriter();
  writer.tag(1, VARINT).int64(IR_VERSION);
  text(writer, 2, model.producer);
  message(writer, 7, () => {
    for (const node of model.nodes) message(writer, 1, () => writeNode(writer, node));
    text(writer, 2, model.producer);
    for (const tensor of model.initializers) message(writer, 5, () => writeTensor(writer, tensor));
    for (const value of model.inputs) message(writer, 11, () => writeValue(writer, value));
    for (const value of model.outputs) message(writer, 12, () => writeValue(writer, value));
  });
  message(writer, 8, () => {
    text(writer, 1, "");
    writer.tag(2, VARINT).int64(model.opset);
  });
  for (const [key, value] of model.metadata) {
    message(writer, 14, () => {
      text(writer, 1, key);
      text(writer, 2, value);
    });
  }
  return writer.finish();
}

function text(writer: Writer, field: number, value: string): void {
  writer.tag(field, BYTES).string(value);
}

function message(writer: Writer, field: number, write: () => void): void {
  writer.tag(field, BYTES).fork();
  write();
  writer.join();
}

function writeNode(writer: Writer, { op, name, inputs, outputs, attributes }: WrittenNode): void {
  for (const input of inputs) text(writer, 1, input);
  for (const output of outputs) text(writer, 2, output);
  text(writer, 3, name);
  text(writer, 4, op);
  for (const [key, value] of Object.entries(attributes)) message(writer, 5, () => writeAttribute(writer, key, value));
}

/** Writes an attribute and, as field 20, the kind of its value. */
function writeAttribute(writer: Writer, name: string, value: WrittenAttribute): void {
  text(writer, 1, name);
  const kind = (number: number) => writer.tag(20, VARINT).int32(number);
  if ("float" in value) {
    writer.tag(2, FIXED32).float(value.float);
    kind(1);
  } else if ("int" in value) {
    writer.tag(3, VARINT).int64(value.int);
    kind(2);
  } else if ("text" in value) {
    text(writer, 4, value.text);
    kind(3);
  } else {
    for (const number of value.ints) writer.tag(8, VARINT).int64(number);
    kind(7);
  }
}

function writeTensor(writer: Writer, { name, dims, data }: WrittenTensor): void {
  for (const extent of dims) writer.tag(1, VARINT).int64(extent);
  writer.tag(2, VARINT).int32(typeOf(data));
  text(writer, 8, name);
  writer.tag(9, BYTES).bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}

/** The numbers of TensorProto's types of data, by the arrays that hold such numbers. */
const DATA_TYPES: ReadonlyMap<string, number> = new Map([
  ["Float32Array", FLOAT32],
  ["Int8Array", 3],
  ["BigInt64Array", 7],
  ["Uint16Array", 10],
]);

function typeOf(data: WrittenTensor["data"]): number {
  const type = DATA_TYPES.get(kindOf(data));
  if (type === undefined) throw new Error(`expected a type of ONNX for ${kindOf(data)}`);
  return type;
}

/** Writes an input or output: its name, and its type, which is a tensor of a shape. */
function writeValue(writer: Writer, { name, dims, channelAxis }: WrittenValue): void {
  text(writer, 1, name);
  message(writer, 2, () =>
    message(writer, 1, () => {
      writer.tag(1, VARINT).int32(FLOAT32);
      message(writer, 2, () => {
        for (const [axis, extent] of dims.entries()) {
          message(writer, 1, () => {
            if (typeof extent === "string") text(writer, 2, extent);
            else writer.tag(1, VARINT).int64(extent);
            if (axis === channelAxis) text(writer, 3, CHANNEL_AXIS);
          });
        }
      });
    }),
  );
}
