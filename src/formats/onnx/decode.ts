/**
 * ONNX files as plain data: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3, of which only the fields are read that matter here.
 *
 * @module
 */

import { InputRangeError } from "../../errors.ts";
import {
  CHANNEL_AXIS,
  type ExternalData,
  type OnnxAttribute,
  type OnnxGraph,
  type OnnxInput,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from "./messages.ts";
import { type Field, MessageReader } from "./wire.ts";

/** Versions of the operators that are read. */
const OPSETS = { least: 7, most: 24 };

/** Values of an attribute's `type`: https://onnx.ai/onnx/api/classes.html#attributeproto. */
const ATTRIBUTE_KINDS: ReadonlyMap<number, OnnxAttribute["kind"]> = new Map([
  [1, "number"],
  [2, "number"],
  [3, "text"],
  [4, "tensor"],
  [6, "numbers"],
  [7, "numbers"],
]);

/**
 * The model in a file.
 *
 * @param who stands in error messages
 * @throws RangeError if the bytes are no model, or one of other versions than 7 to 24 of ONNX' operators
 */
export async function decodeOnnx(bytes: Uint8Array, who: string): Promise<OnnxModel> {
  const messages = new MessageReader(await import("@bufbuild/protobuf/wire"), who);
  let graph: OnnxGraph | undefined;
  let opset: number | undefined;
  const metadata = new Map<string, string>();
  messages.read(bytes, (field) => {
    if (field.number === 7) graph = readGraph(field);
    else if (field.number === 8) opset = readOpset(field) ?? opset;
    else if (field.number === 14) metadata.set(...readEntry(field));
  });
  if (graph === undefined) throw new InputRangeError(who, "a graph in the ONNX model", "none", "damaged-file");
  const { least, most } = OPSETS;
  if (opset === undefined || opset < least || opset > most) {
    const got = opset === undefined ? "none" : `version ${opset}`;
    throw new InputRangeError(who, `ONNX operators of version ${least} to ${most}`, got, "unsupported-file");
  }
  return { opset, graph, metadata };
}

/** The version of ONNX' own operators; undefined for those of another domain. */
function readOpset(field: Field): number | undefined {
  let domain = "";
  let version = 1;
  field.message((f) => {
    if (f.number === 1) domain = f.text();
    else if (f.number === 2) version = f.whole();
  });
  return domain === "" || domain === "ai.onnx" ? version : undefined;
}

function readEntry(field: Field): [key: string, value: string] {
  const entry: [string, string] = ["", ""];
  field.message((f) => {
    if (f.number === 1 || f.number === 2) entry[f.number - 1] = f.text();
  });
  return entry;
}

function readGraph(field: Field): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  const inputs: OnnxInput[] = [];
  const outputs: string[] = [];
  field.message((f) => {
    if (f.number === 1) nodes.push(readNode(f));
    else if (f.number === 5) initializers.push(readTensor(f));
    else if (f.number === 11) inputs.push(readInput(f));
    else if (f.number === 12) outputs.push(readInput(f).name);
  });
  return { nodes, initializers, inputs, outputs };
}

function readNode(field: Field): OnnxNode {
  const texts = { op: "", domain: "", name: "" };
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes = new Map<string, OnnxAttribute>();
  field.message((f) => {
    if (f.number === 1) inputs.push(f.text());
    else if (f.number === 2) outputs.push(f.text());
    else if (f.number === 3) texts.name = f.text();
    else if (f.number === 4) texts.op = f.text();
    else if (f.number === 5) attributes.set(...readAttribute(f));
    else if (f.number === 7) texts.domain = f.text();
  });
  return { ...texts, inputs, outputs, attributes };
}

function readAttribute(field: Field): [name: string, value: OnnxAttribute] {
  let name = "";
  let type: number | undefined;
  let value = 0;
  let text = "";
  const numbers: number[] = [];
  let tensor: OnnxTensor | undefined;
  let found: OnnxAttribute["kind"] | undefined;
  field.message((f) => {
    if (f.number === 1) name = f.text();
    else if (f.number === 20) type = f.whole();
    else if (f.number === 2) [value, found] = [f.float(), "number"];
    else if (f.number === 3) [value, found] = [f.whole(), "number"];
    else if (f.number === 4) [text, found] = [f.text(), "text"];
    else if (f.number === 5) [tensor, found] = [readTensor(f), "tensor"];
    else if (f.number === 7) {
      f.floats(numbers);
      found = "numbers";
    } else if (f.number === 8) {
      f.wholes(numbers);
      found = "numbers";
    }
  });
  // Values that are 0 or empty may be left out of the file; files of before 2016 lack the type.
  const kind = (type === undefined ? found : ATTRIBUTE_KINDS.get(type)) ?? "other";
  if (kind === "number") return [name, { kind, value }];
  if (kind === "numbers") return [name, { kind, value: numbers }];
  if (kind === "text") return [name, { kind, value: text }];
  return [name, kind === "tensor" && tensor !== undefined ? { kind, value: tensor } : { kind: "other" }];
}

function readTensor(field: Field): OnnxTensor {
  let name = "";
  let type = 0;
  let raw: Uint8Array | undefined;
  let isExternal = false;
  const dims: number[] = [];
  const values: number[] = [];
  const external = new Map<string, string>();
  field.message((f) => {
    if (f.number === 1) f.wholes(dims);
    else if (f.number === 2) type = f.whole();
    else if (f.number === 4) f.floats(values);
    else if (f.number === 5 || f.number === 7 || f.number === 11) f.wholes(values);
    else if (f.number === 8) name = f.text();
    else if (f.number === 9) raw = f.bytes();
    else if (f.number === 10) f.doubles(values);
    else if (f.number === 13) external.set(...readEntry(f));
    else if (f.number === 14) isExternal = f.whole() === 1;
  });
  return { name, dims, type, raw, values, external: isExternal ? externalData(external) : undefined };
}

function externalData(entries: ReadonlyMap<string, string>): ExternalData {
  const length = entries.get("length");
  return {
    location: entries.get("location") ?? "",
    offset: Number(entries.get("offset") ?? 0),
    length: length === undefined ? undefined : Number(length),
  };
}

/** An input or output with its shape, as far as the file tells it. */
function readInput(field: Field): OnnxInput {
  let name = "";
  const dims: (number | string)[] = [];
  let channelAxis: number | undefined;
  const extent = (f: Field) => {
    let value: number | string = "";
    f.message((part) => {
      if (part.number === 1) value = part.whole();
      else if (part.number === 2) value = part.text();
      else if (part.number === 3 && part.text() === CHANNEL_AXIS) channelAxis = dims.length;
    });
    dims.push(value);
  };
  const within = (number: number, take: (f: Field) => void) => (f: Field) => {
    if (f.number === number) f.message(take);
  };
  const shape = within(2, (f) => (f.number === 1 ? extent(f) : undefined));
  field.message((f) => {
    if (f.number === 1) name = f.text();
    // The type, of a tensor, its shape, an extent.
    else if (f.number === 2) f.message(within(1, shape));
  });
  return { name, dims, channelAxis };
}
