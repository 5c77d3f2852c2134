import type { Tape } from "../engine/tape.ts";
import { PASS } from "./flatten.ts";
import type { BackwardTapes, Layer, Mode, ParameterSpec, PlacedLayer, Shape, Site } from "./layer.ts";

/** A layer with its name and shapes in a sequence. */
export interface SequenceNode {
  readonly name: string;
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
}

/** Layers one after the other, for a model or a branch of one: names, shapes, and the fusion of neighbours. */
export class Sequence {
  readonly nodes: readonly SequenceNode[];
  readonly input: Shape;
  readonly output: Shape;

  /**
   * @param layers layers in order; an `activation` option becomes a node of its own
   * @param input input shape
   * @param who stands before names in messages
   * @throws RangeError where shapes do not fit or two layers have one name
   */
  constructor(layers: readonly Layer[], input: Shape, who = "") {
    const nodes: SequenceNode[] = [];
    const names = new Set<string>();
    const unused = unusedNames(layers);
    let shape = input;
    const append = (layer: Layer, name: string) => {
      const output = layer.outputShape(shape, `${layer.type} "${who}${name}"`);
      nodes.push({ name, layer, input: shape, output });
      shape = output;
    };
    for (const layer of layers) {
      const name = layer.config.name ?? unused(layer.type);
      if (names.has(name)) throw new RangeError(`layers: expected every name once, got "${name}" twice`);
      names.add(name);
      append(layer, name);
      if (layer.activation !== undefined) append(layer.activation, `${name}/${layer.activation.type}`);
    }
    this.nodes = nodes;
    this.input = input;
    this.output = shape;
  }

  /** Parameters of all layers, each named `layer/parameter`. */
  parameters(): ParameterSpec[] {
    return this.nodes.flatMap(({ name, layer, input }) =>
      layer.parameters(input).map((spec) => ({ ...spec, name: `${name}/${spec.name}` })),
    );
  }

  /** Multiply-adds of one sample's forward pass. */
  multiplyAdds(): number {
    return this.nodes.reduce((sum, { layer, input }) => sum + layer.multiplyAdds(input), 0);
  }

  /**
   * Places the layers.
   *
   * @param site what the sequence as a whole is placed in
   * @param count how many of the nodes, from the first; default all
   */
  place(site: Omit<Site, "input" | "output" | "fuseRelu">, count = this.nodes.length): PlacedLayer {
    const placed: PlacedLayer[] = [];
    let { needsInputGradient } = site;
    for (let i = 0; i < count; i++) {
      const { name, layer, input, output } = this.nodes[i];
      const fuseRelu = layer.fusesRelu === true && i + 1 < count && this.nodes[i + 1].layer.type === "relu";
      const path = site.path === "" ? name : `${site.path}/${name}`;
      const parameter = (parameterName: string) => site.parameter(`${name}/${parameterName}`);
      placed.push(layer.place({ ...site, path, input, output, fuseRelu, needsInputGradient, parameter }));
      if (fuseRelu) {
        placed.push(PASS);
        i++;
      }
      needsInputGradient ||= layer.parameters(input).some(({ role }) => role !== "statistic");
    }
    return new PlacedSequence(placed);
  }
}

/** Gives a layer without a name its type, and from the second on its type and a number, clear of the names there are. */
function unusedNames(layers: readonly Layer[]): (type: string) => string {
  const given = new Set(layers.map(({ config }) => config.name));
  const counts = new Map<string, number>();
  return (type) => {
    for (let count = counts.get(type) ?? 0; ; count++) {
      const name = count === 0 ? type : `${type}_${count}`;
      if (given.has(name)) continue;
      counts.set(type, count + 1);
      return name;
    }
  };
}

class PlacedSequence implements PlacedLayer {
  readonly #layers: readonly PlacedLayer[];

  constructor(layers: readonly PlacedLayer[]) {
    this.#layers = layers;
  }

  prepare(tape: Tape, mode: Mode, n: number): void {
    for (const layer of this.#layers) layer.prepare?.(tape, mode, n);
  }

  forward(tape: Tape, n: number, x: number, mode: Mode): number {
    return this.#layers.reduce((offset, layer) => layer.forward(tape, n, offset, mode), x);
  }

  backward(tapes: BackwardTapes, n: number, dy: number): number {
    let gradient = dy;
    for (let i = this.#layers.length - 1; i >= 0; i--) {
      gradient = this.#layers[i].backward(tapes, n, gradient);
      // No layer before this one has parameters.
      if (gradient === 0) return 0;
    }
    return gradient;
  }
}
