import type { Tape } from "../engine/tape.ts";
import { PASS } from "./flatten.ts";
import type { PoolGeometry } from "./geometry.ts";
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
  place(site: Omit<Site, "input" | "output" | Fusion>, count = this.nodes.length): PlacedLayer {
    const placed: PlacedLayer[] = [];
    let { needsInputGradient } = site;
    for (let i = 0; i < count; i++) {
      const { name, layer, input } = this.nodes[i];
      const { watch } = site;
      if (watch === undefined && this.#standsBeforeMaxPool(i, count)) {
        placed.push(PASS);
        continue;
      }
      const fused = watch === undefined ? this.#fused(i, count, { ...site, needsInputGradient }) : UNFUSED;
      const { output } = this.nodes[i + fused.nodes];
      const path = site.path === "" ? name : `${site.path}/${name}`;
      const parameter = (parameterName: string) => site.parameter(`${name}/${parameterName}`);
      const { fuseRelu, fuseMaxPool } = fused;
      const stopsAtZero = this.#stopsAtZero(i, site.stopsAtZero === true);
      const fusion = { fuseRelu, fuseMaxPool, stopsAtZero };
      const place = { ...site, path, input, output, ...fusion, needsInputGradient, parameter };
      const placedLayer = named(layer.place(place), path);
      placed.push(
        watch === undefined ? placedLayer : watched(placedLayer, (offset) => watch(path, layer, output, offset)),
      );
      for (let passed = 0; passed < fused.nodes; passed++) placed.push(PASS);
      i += fused.nodes;
      needsInputGradient ||= layer.parameters(input).some(({ role }) => role !== "statistic");
    }
    return new PlacedSequence(placed);
  }

  #type(i: number, count: number): string | undefined {
    return i < count ? this.nodes[i].layer.type : undefined;
  }

  /** The pooling windows of a max pooling layer. */
  #maxPool(i: number, count: number): PoolGeometry | undefined {
    return i < count ? this.nodes[i].layer.maxPool?.(this.nodes[i].input) : undefined;
  }

  /** Whether no gradient goes on to where a node's input is zero; `before`: to where the sequence's is. */
  #stopsAtZero(i: number, before: boolean): boolean {
    for (const { layer } of this.nodes.slice(0, i).reverse()) {
      if (layer.stopsAtZero !== "inherits") return layer.stopsAtZero === "always";
    }
    return before;
  }

  /** Whether a node is a ReLU that the max pooling after it applies: it changes no order, and the maxima are fewer. */
  #standsBeforeMaxPool(i: number, count: number): boolean {
    return this.#type(i, count) === "relu" && this.#maxPool(i + 1, count) !== undefined;
  }

  /** What a layer applies itself of the nodes after it, and how many those are. */
  #fused(i: number, count: number, site: Pick<Site, "training" | "needsInputGradient">): Pick<Site, Fusion> & Fused {
    const { layer, input } = this.nodes[i];
    const reluFirst = this.#type(i + 1, count) === "relu";
    const pool = this.#maxPool(reluFirst ? i + 2 : i + 1, count);
    if (pool !== undefined && layer.fusesMaxPool?.(input, pool, site) === true) {
      const reluLast = !reluFirst && this.#type(i + 2, count) === "relu";
      const fuseRelu = reluFirst || reluLast;
      return { fuseRelu, fuseMaxPool: true, nodes: fuseRelu ? 2 : 1 };
    }
    // Of a ReLU between two layers that could both apply it, the pooling has less to do.
    const before = i > 0 && this.#standsBeforeMaxPool(i - 1, count);
    if (before) return { fuseRelu: true, fuseMaxPool: false, nodes: 0 };
    const fuseRelu = layer.fusesRelu === true && reluFirst && pool === undefined;
    return { fuseRelu, fuseMaxPool: false, nodes: fuseRelu ? 1 : 0 };
  }
}

type Fusion = "fuseRelu" | "fuseMaxPool";

interface Fused {
  /** Nodes after the layer that it applies itself. */
  readonly nodes: number;
}

const UNFUSED: Pick<Site, Fusion> & Fused = { fuseRelu: false, fuseMaxPool: false, nodes: 0 };

/** The same layer, whose calls on tapes bear its path. */
function named(layer: PlacedLayer, path: string): PlacedLayer {
  return {
    prepare: (tape, mode, n) => tape.within(path, () => layer.prepare?.(tape, mode, n)),
    forward: (tape, n, x, mode) => tape.within(path, () => layer.forward(tape, n, x, mode)),
    backward: (tapes, n, dy) =>
      tapes.samples.within(path, () => tapes.weights.within(path, () => layer.backward(tapes, n, dy))),
  };
}

/** The same layer, which tells where its output is. */
function watched(layer: PlacedLayer, tell: (offset: number) => void): PlacedLayer {
  return {
    prepare: (tape, mode, n) => layer.prepare?.(tape, mode, n),
    forward(tape, n, x, mode) {
      const y = layer.forward(tape, n, x, mode);
      tell(y);
      return y;
    },
    backward: (tapes, n, dy) => layer.backward(tapes, n, dy),
  };
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
