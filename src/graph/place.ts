import type { ExtraRows } from "../engine/operands/row.ts";
import { addRows } from "../engine/operands.ts";
import type { MemoryPlan, Region, RegionKind } from "../engine/plan.ts";
import type { Tape } from "../engine/tape.ts";
import type { LayerDefinition } from "../layers/layer.ts";
import type { BackwardTapes, Mode, ParameterPlace, PlacedLayer } from "../layers/placed-layer.ts";
import { sizeOf } from "../layers/shape.ts";
import { fuse, fuseForInference } from "./fuse.ts";
import { wantedGradients } from "./gradients.ts";
import { type Graph, inputShapes, type Node, producers } from "./graph.ts";

/** Options of the placement of a graph: sizes, memory, parameters. */
export interface PlaceOptions {
  /** Largest batch. */
  readonly batch: number;
  /** True if there are gradients. */
  readonly training: boolean;
  /** True if the gradient of the graph's input is wanted. Default false. */
  readonly needsInputGradient?: boolean;
  readonly plan: MemoryPlan;
  /** True: the output of each layer can be read after a forward pass; then nothing is fused. Default false. */
  readonly watched?: boolean;
  /**
   * True: weights are packed right before they are read, for each pass anew, so that the memory they take is free in
   * between. Default false: `prepare` packs them.
   */
  readonly compact?: boolean;
  /**
   * The place of a parameter.
   *
   * @param name with its path, such as `residual/conv2d/kernel`
   */
  parameter(name: string): ParameterPlace;
  /** See `Site.randomKey`. */
  randomKey(draws: number): Region;
}

/** A node with its memory. */
interface PlacedNode {
  readonly node: Node;
  readonly placed: PlacedLayer;
  /** Its output; undefined if that is its input. */
  readonly y: Region | undefined;
  /** The gradient of each input; undefined if it is not wanted, or is that of the output. */
  readonly dx: readonly (Region | undefined)[];
}

/** The place of a gradient: a region, or `outside`, for the place that the caller of the backward pass gives. */
type GradientPlace = Region | "outside";

/** The sum of two gradients of one tensor, from different users. */
interface GradientSum {
  readonly terms: readonly [GradientPlace, GradientPlace];
  readonly to: Region;
  readonly size: number;
}

/** Places of the gradients that a node's backward pass reads and writes. */
interface GradientPlan {
  readonly dy: GradientPlace;
  /** Sums that are computed after the node's own calls. */
  readonly sums: readonly GradientSum[];
}

/**
 * A graph in memory: it writes the tapes of forward and backward passes. Layers only know their own inputs and outputs;
 * connections between nodes, and the sums of the gradients of several users, are handled here alone.
 */
export class PlacedGraph {
  /** Rows of the kernels of the extra file that its layers call. */
  readonly kernels: readonly ExtraRows[];
  readonly #graph: Graph;
  readonly #nodes: readonly PlacedNode[];
  /** The nodes for inference, if that works otherwise than other modes. */
  readonly #inference: readonly PlacedNode[];
  readonly #compact: boolean;
  readonly #gradients = new Map<Node, GradientPlan>();
  #inputGradient: GradientPlace | undefined;

  constructor(graph: Graph, options: PlaceOptions) {
    this.#graph = graph;
    const { training, needsInputGradient = false, watched = false, compact = false } = options;
    this.#compact = compact;
    const wanted = wantedGradients(graph, needsInputGradient);
    const nodes = watched ? graph.nodes : fuse(graph, training, wanted);
    const regions = new Regions(options.plan);
    this.#nodes = placeNodes(nodes, regions, wanted, options);
    const folded = watched ? nodes : fuseForInference(graph);
    this.#inference = hasFolded(graph, folded)
      ? placeNodes(folded, regions, new Set(), { ...options, training: false })
      : this.#nodes;
    this.kernels = [...this.#nodes, ...this.#inference].flatMap(({ placed: { kernels } }) => kernels ?? []);
    for (const rows of this.kernels) addRows(rows);
    if (training) this.#planGradients(wanted, options);
  }

  /** Decides where every gradient lies, from the last node to the first. */
  #planGradients(wanted: ReadonlySet<number>, { plan, batch }: PlaceOptions): void {
    const known = new Map<number, { readonly place: GradientPlace; readonly own: boolean }>();
    for (const { tensor } of this.#graph.outputs) known.set(tensor.id, { place: "outside", own: false });
    for (const { node, dx } of [...this.#nodes].reverse()) {
      const { inputs, output, layer, path } = node;
      const dy = known.get(output.id)?.place;
      if (dy === undefined || !wanted.has(output.id)) continue;
      const sums: GradientSum[] = [];
      inputs.forEach(({ id, shape }, i) => {
        if (!wanted.has(id)) return;
        const passes = passesGradient(layer, i);
        const own = !passes && dx.every((region, other) => other === i || region !== dx[i]);
        const gradient = { place: passes ? dy : (dx[i] ?? dy), own };
        const other = known.get(id);
        if (other === undefined) {
          known.set(id, gradient);
          return;
        }
        // The sum goes into the place of a term that is only this tensor's gradient, if there is one.
        const free = [other, gradient].find((term) => term.own)?.place;
        const size = sizeOf(shape);
        const to =
          free !== undefined && free !== "outside"
            ? free
            : plan.reserve(`${path}/dx ${i} sum`, "activations", batch * size);
        sums.push({ terms: [other.place, gradient.place], to, size });
        known.set(id, { place: to, own: true });
      });
      this.#gradients.set(node, { dy, sums });
    }
    this.#inputGradient = known.get(this.#graph.input.id)?.place;
  }

  /**
   * Emits the calls that must run after the weights changed and before a pass over `n` samples; for `training` those of
   * both passes.
   *
   * @param wanted the nodes; default all
   */
  prepare(tape: Tape, mode: Mode, n: number, wanted: (node: Node) => boolean = () => true): void {
    if (this.#compact) return;
    for (const { node, placed } of this.#nodesFor(mode)) {
      if (!wanted(node)) continue;
      tape.within(node.path, () => {
        placed.pack?.(tape, mode, n);
        if (mode === "training") placed.packBackward?.(tape, n);
      });
    }
  }

  /**
   * Emits a forward pass.
   *
   * @param x heap offset of the input
   * @returns the offsets of the graph's outputs
   */
  forward(tape: Tape, n: number, x: number, mode: Mode): readonly number[] {
    const offsets = this.#offsets(x, mode);
    for (const { node, placed } of this.#nodesFor(mode)) {
      if (isAlias(node.layer, mode)) continue;
      const places = { x: node.inputs.map(({ id }) => offset(offsets, id)), y: offset(offsets, node.output.id) };
      tape.within(node.path, () => {
        if (this.#compact) placed.pack?.(tape, mode, n);
        placed.forward(tape, n, places, mode);
      });
    }
    return this.#graph.outputs.map(({ tensor }) => offset(offsets, tensor.id));
  }

  /**
   * Emits the gradients, after a forward pass in training.
   *
   * @param x heap offset of the input
   * @param dy heap offset of the output's gradient
   * @returns the offset of the input's gradient; 0 if it is not wanted
   */
  backward(tapes: BackwardTapes, n: number, x: number, dy: number): number {
    const { samples, weights } = tapes;
    const offsets = this.#offsets(x, "training");
    const at = (place: GradientPlace) => (place === "outside" ? dy : place.offset);
    for (const { node, placed, dx } of [...this.#nodes].reverse()) {
      const gradients = this.#gradients.get(node);
      if (gradients === undefined) continue;
      const places = {
        x: node.inputs.map(({ id }) => offset(offsets, id)),
        y: offset(offsets, node.output.id),
        dy: at(gradients.dy),
        dx: dx.map((region) => region?.offset ?? 0),
      };
      samples.within(node.path, () =>
        weights.within(node.path, () => {
          if (this.#compact && places.dx.some((at) => at !== 0)) placed.packBackward?.(samples, n);
          placed.backward(tapes, n, places);
          for (const { terms, to, size } of gradients.sums) {
            samples.add("add", "sample", n, at(terms[0]), at(terms[1]), to.offset, size);
          }
        }),
      );
    }
    return this.#inputGradient === undefined ? 0 : at(this.#inputGradient);
  }

  /** The offset of each node's output after a forward pass; of a watched graph, those of all layers. */
  places(x: number, mode: Mode): readonly { readonly node: Node; readonly offset: number }[] {
    const offsets = this.#offsets(x, mode);
    return this.#nodesFor(mode).map(({ node }) => ({ node, offset: offset(offsets, node.output.id) }));
  }

  #nodesFor(mode: Mode): readonly PlacedNode[] {
    return mode === "inference" ? this.#inference : this.#nodes;
  }

  /** The heap offsets of all tensors, by their numbers. */
  #offsets(x: number, mode: Mode): ReadonlyMap<number, number> {
    const offsets = new Map([[this.#graph.input.id, x]]);
    for (const { node, y } of this.#nodesFor(mode)) {
      const passed = offset(offsets, node.inputs[0].id);
      offsets.set(node.output.id, y === undefined || isAlias(node.layer, mode) ? passed : y.offset);
    }
    return offsets;
  }
}

/**
 * Regions by their names. A layer that is placed twice, for inference and for other modes, uses the same ones: a pass
 * reads only numbers that it wrote there, or weights that were packed for its mode.
 */
class Regions {
  readonly #plan: MemoryPlan;
  readonly #regions = new Map<string, Region>();

  constructor(plan: MemoryPlan) {
    this.#plan = plan;
  }

  reserve(name: string, kind: RegionKind, size: number): Region {
    const known = this.#regions.get(name);
    if (known?.kind === kind && known.size === size) return known;
    const region = this.#plan.reserve(name, kind, size);
    this.#regions.set(name, region);
    return region;
  }
}

/** True if a layer of a graph is no node any more, because another one does its work by its weights. */
function hasFolded({ nodes }: Graph, fused: readonly Node[]): boolean {
  const paths = new Set(fused.map(({ path }) => path));
  return nodes.some(({ path, layer }) => layer.normalization !== undefined && !paths.has(path));
}

function placeNodes(
  nodes: readonly Node[],
  regions: Regions,
  wanted: ReadonlySet<number>,
  options: PlaceOptions,
): readonly PlacedNode[] {
  const makers = producers({ nodes });
  return nodes.map((node) => placeNode(node, makers, regions, wanted, options));
}

function offset(offsets: ReadonlyMap<number, number>, id: number): number {
  const found = offsets.get(id);
  if (found === undefined) throw new Error(`graph: expected tensor ${id} to be placed`);
  return found;
}

/** True if a layer's output is its input in a pass. */
function isAlias({ alias }: LayerDefinition, mode: Mode): boolean {
  return alias === "always" || (alias === "inference" && mode !== "training");
}

/** True if the gradient of an input is that of the output. */
function passesGradient({ passesGradient: passed }: LayerDefinition, input: number): boolean {
  return passed === "all" || (passed === "first" && input === 0);
}

function placeNode(
  node: Node,
  makers: ReadonlyMap<number, Node>,
  regions: Regions,
  wanted: ReadonlySet<number>,
  { batch, training, plan, parameter, randomKey }: PlaceOptions,
): PlacedNode {
  const { path, layer, inputs, output } = node;
  const aliased = layer.alias === "always" || (layer.alias === "inference" && !training);
  const y = aliased ? undefined : regions.reserve(`${path}/output`, "activations", batch * sizeOf(output.shape));
  const needed = inputs.map(({ id }) => training && wanted.has(id));
  const placed = layer.place({
    inputs: inputShapes(node),
    output: output.shape,
    batch,
    training,
    hasBackward: training && wanted.has(output.id),
    frozen: node.frozen,
    needsInputGradient: needed.includes(true),
    wanted: needed,
    stopsAtZero: stopsAtZero(inputs[0].id, makers),
    path,
    parameter: (name) => parameter(`${path}/${name}`),
    parameterOf: (other, name) => parameter(`${other}/${name}`),
    reserve: (name, kind, size) => regions.reserve(`${path}/${name}`, kind, size),
    threadScratch: (elements) => plan.threadArea(elements),
    randomKey,
  });
  let same: Region | undefined;
  const dx = inputs.map(({ shape }, i) => {
    if (!needed[i] || passesGradient(layer, i)) return undefined;
    if (same !== undefined) return same;
    const name = inputs.length === 1 ? "dx" : `dx ${i}`;
    const region = plan.reserve(`${path}/${name}`, "activations", batch * sizeOf(shape));
    if (layer.passesGradient === "same") same = region;
    return region;
  });
  return { node, placed, y, dx };
}

/** True if no gradient goes on to elements of a tensor that are zero. */
function stopsAtZero(id: number, makers: ReadonlyMap<number, Node>): boolean {
  for (let maker = makers.get(id); maker !== undefined; maker = makers.get(maker.inputs[0].id)) {
    if (maker.layer.stopsAtZero !== "inherits") return maker.layer.stopsAtZero === "always";
  }
  return false;
}
