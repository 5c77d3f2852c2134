/**
 * A network as an ONNX model (opset 17), written byte by byte: the few messages of the format that are needed.
 *
 * @module
 */

/** @import { Node } from "../driver/program.js" */
/** @import { LoadedSubject } from "./protocol.js" */

/** @typedef {Uint8Array<ArrayBufferLike>} Bytes */

/** @param {number} value @returns {number[]} */
function varint(value) {
  const bytes = [];
  let rest = value;
  while (rest > 127) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/** @param {number} field @param {number} value */
const number = (field, value) => Uint8Array.from([...varint(field * 8), ...varint(value)]);

/** @param {number} field @param {Bytes | string} content a message, text or raw data */
function content(field, content) {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return join([Uint8Array.from([...varint(field * 8 + 2), ...varint(bytes.length)]), bytes]);
}

/** @param {readonly Bytes[]} parts @returns {Bytes} */
function join(parts) {
  const result = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    result.set(part, at);
    at += part.length;
  }
  return result;
}

const FLOAT = 1;
const ATTRIBUTE = { float: 1, int: 2, ints: 7 };

/** @param {string} name @param {number | readonly number[]} value @param {boolean} [real] */
function attribute(name, value, real = false) {
  if (typeof value !== "number") {
    return join([content(1, name), ...value.map((item) => number(8, item)), number(20, ATTRIBUTE.ints)]);
  }
  if (!real) return join([content(1, name), number(3, value), number(20, ATTRIBUTE.int)]);
  const bytes = new Uint8Array(new Float32Array([value]).buffer);
  return join([content(1, name), Uint8Array.from([2 * 8 + 5]), bytes, number(20, ATTRIBUTE.float)]);
}

/** @param {string} name @param {readonly number[]} shape */
function valueInfo(name, shape) {
  const sides = shape.map((side) => content(1, number(1, side)));
  const type = content(1, join([number(1, FLOAT), content(2, join(sides))]));
  return join([content(1, name), content(2, type)]);
}

/** Collects nodes and weights. */
class Graph {
  /** @type {Bytes[]} */
  nodes = [];
  /** @type {Bytes[]} */
  initializers = [];
  #names = 0;

  /** @param {readonly number[]} shape @param {Float32Array} values */
  weight(shape, values) {
    const name = `w${this.#names++}`;
    const data = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    const sides = shape.map((side) => number(1, side));
    this.initializers.push(join([...sides, number(2, FLOAT), content(8, name), content(9, data)]));
    return name;
  }

  /** @param {string} type @param {readonly string[]} inputs @param {readonly Bytes[]} [attributes] */
  node(type, inputs, attributes = [], output = `y${this.#names++}`) {
    const list = [...inputs.map((name) => content(1, name)), content(2, output), content(4, type)];
    this.nodes.push(join([...list, ...attributes.map((item) => content(5, item))]));
    return output;
  }
}

/** @param {Graph} graph @param {LoadedSubject} loaded @param {readonly Node[]} program @param {string} start */
function emit(graph, loaded, program, start) {
  /** @param {string} name */
  const plain = (name) => {
    const { shape, values } = loaded.weight(name);
    return graph.weight(shape, values);
  };
  let x = start;
  for (const node of program) {
    switch (node.op) {
      case "conv": {
        const { shape, values } = loaded.filtersChannelsFirst(node.weight);
        const [top, left] = node.padding;
        const inputs = [x, graph.weight(shape, values), ...(node.bias === null ? [] : [plain(node.bias)])];
        x = graph.node("Conv", inputs, [
          attribute("kernel_shape", node.kernel),
          attribute("strides", node.strides),
          attribute("group", node.groups),
          attribute("pads", [top, left, top, left]),
        ]);
        break;
      }
      case "dense": {
        const weight = graph.weight([node.inputs, node.units], loaded.denseChannelsFirst(node));
        x = graph.node("Gemm", [x, weight, ...(node.bias === null ? [] : [plain(node.bias)])]);
        break;
      }
      case "maxpool":
        x = graph.node("MaxPool", [x], [attribute("kernel_shape", node.size), attribute("strides", node.size)]);
        break;
      case "batchnorm": {
        const inputs = [x, ...[node.gamma, node.beta, node.mean, node.variance].map(plain)];
        x = graph.node("BatchNormalization", inputs, [attribute("epsilon", node.epsilon, true)]);
        break;
      }
      case "residual":
        x = graph.node("Add", [emit(graph, loaded, node.body, x), emit(graph, loaded, node.shortcut, x)]);
        break;
      case "relu":
        x =
          node.upper === null
            ? graph.node("Relu", [x])
            : graph.node("Clip", [x, ...[0, node.upper].map((bound) => graph.weight([], Float32Array.of(bound)))]);
        break;
      case "flatten":
        x = graph.node("Flatten", [x]);
        break;
      case "globalaverage":
        x = graph.node("Flatten", [graph.node("GlobalAveragePool", [x])]);
        break;
      case "dropout":
        break;
    }
  }
  return x;
}

/**
 * The bytes of a model with input `images` [n, c, h, w] and output `probabilities` [n, classes].
 *
 * @param {LoadedSubject} loaded
 */
export function onnxModel(loaded) {
  const { program, shape, batch, classes } = loaded.subject;
  const graph = new Graph();
  const logits = emit(graph, loaded, program, "images");
  graph.node("Softmax", [logits], [attribute("axis", 1)], "probabilities");
  const message = join([
    ...graph.nodes.map((node) => content(1, node)),
    content(2, "network"),
    ...graph.initializers.map((weight) => content(5, weight)),
    content(11, valueInfo("images", [batch, shape[2], shape[0], shape[1]])),
    content(12, valueInfo("probabilities", [batch, classes])),
  ]);
  return join([number(1, 8), content(7, message), content(8, number(2, 17))]);
}
