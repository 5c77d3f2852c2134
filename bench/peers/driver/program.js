/**
 * A network as a plain list of operations with every number spelt out, so that each peer builds the same one.
 *
 * @module
 */

/**
 * @typedef {readonly [number, number]} Pair
 * @typedef {{ op: "conv", kernel: Pair, strides: Pair, padding: Pair, input: readonly number[], output: readonly number[],
 *   groups: number, weight: string, bias: string | null, untied: boolean }} ConvNode paddings are the same on both sides; depthwise
 *   ones have a group for each channel
 * @typedef {{ op: "dense", inputs: number, units: number, spatial: readonly number[] | null, weight: string,
 *   bias: string | null }} DenseNode `spatial` is the [h, w, c] that was flattened just before, if any
 * @typedef {{ op: "batchnorm", channels: number, epsilon: number, momentum: number, gamma: string, beta: string,
 *   mean: string, variance: string }} NormNode momentum is the share that stays
 * @typedef {{ op: "maxpool", size: Pair, input: readonly number[], output: readonly number[] }} PoolNode strides = size
 * @typedef {{ op: "residual", body: Node[], shortcut: Node[] }} ResidualNode
 * @typedef {{ op: "dropout", rate: number }} DropoutNode
 * @typedef {{ op: "relu", upper: number | null }} ReluNode upper is the bound of its outputs, null for none
 * @typedef {{ op: "flatten" | "globalaverage" }} PlainNode
 * @typedef {ReluNode | ConvNode | DenseNode | NormNode | PoolNode | ResidualNode | DropoutNode | PlainNode} Node
 */

/** @param {number | readonly number[]} value @returns {Pair} */
const pair = (value) => (typeof value === "number" ? [value, value] : [value[0], value[1]]);

/**
 * Layers with paddings as numbers. Keras' "same" pads unevenly where strides are 2, which some peers could only do with
 * an extra copy; with (k - 1) / 2 on both sides sizes and costs are the same for all.
 *
 * @param {readonly any[]} layers as `toJson` gives them
 * @returns {any[]}
 */
export function withNumericPadding(layers) {
  return layers.map((layer) => {
    if (layer.type === "residual") {
      const shortcut = layer.shortcut && { shortcut: withNumericPadding(layer.shortcut) };
      return { ...layer, layers: withNumericPadding(layer.layers), ...shortcut };
    }
    if (layer.type !== "conv2d" && layer.type !== "depthwiseConv2d") return layer;
    const { padding = 0 } = layer;
    if (padding === "valid") return { ...layer, padding: 0 };
    return padding === "same" ? { ...layer, padding: (pair(layer.kernelSize)[0] - 1) / 2 } : layer;
  });
}

/**
 * Throws where a network has what a peer without depthwise convolutions and bounded ReLUs cannot do.
 *
 * @param {readonly Node[]} program
 */
export function refuseMobile(program) {
  for (const node of program) {
    if (node.op === "conv" && node.groups !== 1)
      throw new RangeError("depthwise convolutions are not written for this program");
    if (node.op === "relu" && node.upper !== null)
      throw new RangeError("bounded ReLUs are not written for this program");
    if (node.op === "residual") for (const way of [node.body, node.shortcut]) refuseMobile(way);
  }
}

/**
 * @param {readonly any[]} layers with paddings as numbers
 * @param {readonly [number, number, number]} shape of the images
 * @param {readonly string[]} names of all weights in convasm's order
 * @returns {Node[]}
 */
export function programOf(layers, shape, names) {
  const rest = [...names];
  /** @param {string} suffix */
  const take = (suffix) => {
    const name = rest.shift();
    if (name === undefined || !name.endsWith(`/${suffix}`)) {
      throw new RangeError(`program: expected a weight called .../${suffix}, got ${name}`);
    }
    return name;
  };
  const nodes = walk(layers, shape, take).nodes;
  if (rest.length > 0) throw new RangeError(`program: expected to use all weights, got ${rest} left`);
  return nodes;
}

/**
 * @param {readonly any[]} layers
 * @param {readonly number[]} start
 * @param {(suffix: string) => string} take
 */
function walk(layers, start, take) {
  /** @type {Node[]} */
  const nodes = [];
  let shape = start;
  let flattened = /** @type {readonly number[] | null} */ (null);
  for (const layer of layers) {
    switch (layer.type) {
      case "conv2d":
      case "depthwiseConv2d": {
        const [kernel, strides, padding] = [layer.kernelSize, layer.strides ?? 1, layer.padding ?? 0].map(pair);
        const side = (/** @type {0 | 1} */ i) => Math.floor((shape[i] + 2 * padding[i] - kernel[i]) / strides[i]) + 1;
        const groups = layer.type === "conv2d" ? 1 : shape[2];
        const output = [side(0), side(1), layer.filters ?? shape[2]];
        const weight = take("kernel");
        const bias = layer.useBias === false ? null : take("bias");
        const untied = layer.untiedBias === true;
        nodes.push({ op: "conv", kernel, strides, padding, input: shape, output, groups, weight, bias, untied });
        shape = output;
        break;
      }
      case "dense": {
        const weight = take("kernel");
        const bias = layer.useBias === false ? null : take("bias");
        nodes.push({ op: "dense", inputs: shape[0], units: layer.units, spatial: flattened, weight, bias });
        shape = [layer.units];
        flattened = null;
        break;
      }
      case "maxPooling2d": {
        const size = pair(layer.poolSize ?? 2);
        const output = [Math.floor(shape[0] / size[0]), Math.floor(shape[1] / size[1]), shape[2]];
        nodes.push({ op: "maxpool", size, input: shape, output });
        shape = output;
        break;
      }
      case "batchNormalization": {
        const { epsilon = 1e-3, momentum = 0.99 } = layer;
        const [gamma, beta] = [take("gamma"), take("beta")];
        const [mean, variance] = [take("movingMean"), take("movingVariance")];
        nodes.push({
          op: "batchnorm",
          channels: shape[shape.length - 1],
          epsilon,
          momentum,
          gamma,
          beta,
          mean,
          variance,
        });
        break;
      }
      case "residual": {
        const body = walk(layer.layers, shape, take);
        const shortcut = walk(layer.shortcut ?? [], shape, take);
        nodes.push({ op: "residual", body: body.nodes, shortcut: shortcut.nodes });
        shape = body.shape;
        break;
      }
      case "flatten":
        flattened = shape.length === 3 ? shape : null;
        nodes.push({ op: "flatten" });
        shape = [shape.reduce((product, side) => product * side, 1)];
        break;
      case "globalAveragePooling2d":
        nodes.push({ op: "globalaverage" });
        shape = [shape[2]];
        break;
      case "dropout":
        nodes.push({ op: "dropout", rate: layer.rate });
        break;
      case "relu":
        if (layer.negativeSlope) throw new RangeError("program: expected a ReLU that does not leak");
        nodes.push({ op: "relu", upper: layer.maxValue ?? null });
        break;
      default:
        throw new RangeError(`program: expected a layer that the peers know, got "${layer.type}"`);
    }
    if (layer.activation === "relu") nodes.push({ op: "relu", upper: null });
    else if (layer.activation !== undefined) {
      throw new RangeError(`program: expected relu or no activation, got ${layer.activation}`);
    }
  }
  return { nodes, shape };
}
