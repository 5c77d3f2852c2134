import { INPUT } from "../graph/build.ts";
import { inputShapes, parametersOf, producers } from "../graph/graph.ts";
import { sizeOf } from "../layers/shape.ts";
import type { Architecture } from "./architecture.ts";
import type { MemoryUse } from "./memory.ts";
import type { Network } from "./network.ts";

/** A layer of a summary. */
export interface LayerDescription {
  /** The layer's name in its list. */
  readonly name: string;
  /** The type of layer. */
  readonly type: string;
  /** Names of the layers whose outputs it takes; `input` is the model's. */
  readonly inputs: readonly string[];
  /** Shape of its output. */
  readonly output: readonly number[];
  /** Number of its parameters. */
  readonly parameters: number;
  /** True: its parameters keep their values in training. */
  readonly frozen: boolean;
  /** Multiply-adds of one image's forward pass. */
  readonly multiplyAdds: number;
}

/** The numbers of a summary. */
export interface ModelDescription {
  /** Shape of an image. */
  readonly input: readonly number[];
  /** The layers in their order. */
  readonly layers: readonly LayerDescription[];
  /** Number of all parameters. */
  readonly parameters: number;
  /** Number of trained parameters: neither statistics nor frozen ones. */
  readonly trainable: number;
  /** Multiply-adds for one image. */
  readonly multiplyAdds: number;
  /** Bytes of memory of a compiled model, by kind of region and in all. */
  readonly memory?: MemoryUse;
}

/** Describes a model in numbers, with memory if it is compiled. */
export function describeModel(architecture: Architecture, network: Network | undefined): ModelDescription {
  const { graph, input } = architecture;
  const parameters = architecture.parameters();
  const makers = producers(graph);
  return {
    input: [...input.shape],
    layers: graph.nodes.map((node) => ({
      name: node.path,
      type: node.layer.type,
      inputs: node.inputs.map(({ id }) => makers.get(id)?.path ?? INPUT),
      output: [...node.output.shape],
      parameters: parametersOf(node).reduce((sum, spec) => sum + sizeOf(spec.shape), 0),
      frozen: parametersOf(node).some(({ frozen }) => frozen),
      multiplyAdds: node.layer.multiplyAdds(inputShapes(node)),
    })),
    parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    trainable: parameters.reduce((sum, { shape, trained }) => sum + (trained ? sizeOf(shape) : 0), 0),
    multiplyAdds: architecture.multiplyAdds(),
    ...(network !== undefined && { memory: network.memory() }),
  };
}

const KINDS = ["parameters", "gradients", "optimizer", "input", "packed", "activations", "scratch"] as const;

/** A column of a table of layers. */
interface Column {
  readonly title: string;
  readonly isNumber?: boolean;
  of(layer: LayerDescription): string;
}

const COLUMNS: readonly Column[] = [
  { title: "Layer", of: ({ name }) => name },
  { title: "Type", of: ({ type, frozen }) => (frozen ? `${type}, frozen` : type) },
  { title: "Output shape", of: ({ output }) => `[${output.join(", ")}]` },
  { title: "Parameters", isNumber: true, of: ({ parameters }) => parameters.toLocaleString("en-US") },
  { title: "Multiply-adds", isNumber: true, of: (layer) => layer.multiplyAdds.toLocaleString("en-US") },
];

const INPUTS: Column = { title: "Inputs", of: ({ inputs }) => inputs.join(", ") };

/** True if each layer takes the output of the one before it and no other. */
function isChain(layers: readonly LayerDescription[]): boolean {
  return layers.every(({ inputs }, i) => inputs.length === 1 && inputs[0] === (layers[i - 1]?.name ?? INPUT));
}

/** Formats the description as a table; networks that are no chain have a column of inputs. */
export function summarize(description: ModelDescription): string {
  const { input, layers, parameters, trainable, multiplyAdds, memory } = description;
  const columns = isChain(layers) ? COLUMNS : [...COLUMNS, INPUTS];
  const first = { name: INPUT, type: "", inputs: [], output: input, parameters: 0, frozen: false, multiplyAdds: 0 };
  const rows = [
    columns.map(({ title }) => title),
    ...[first, ...layers].map((layer) => columns.map((column) => column.of(layer))),
  ];
  const widths = columns.map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  const lines = rows.map((row) =>
    row
      .map((cell, i) => (columns[i].isNumber === true ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(Math.max(...lines.map((line) => line.length)));
  const total = `Parameters: ${parameterCounts({ parameters, trainable })}`;
  const work = `Forward pass: ${multiplyAdds.toLocaleString("en-US")} multiply-adds per image`;
  return [lines[0], rule, ...lines.slice(1), rule, total, work, ...memoryLines(memory)].join("\n");
}

/** The number of parameters, and of trained ones if these are not all: "7,307, of which 7,147 are trained". */
export function parameterCounts({ parameters, trainable }: Pick<ModelDescription, "parameters" | "trainable">): string {
  const trained = parameters === trainable ? "" : `, of which ${trainable.toLocaleString("en-US")} are trained`;
  return parameters.toLocaleString("en-US") + trained;
}

function memoryLines(memory: ModelDescription["memory"]): string[] {
  if (memory === undefined) return [];
  const parts = KINDS.filter((kind) => memory.bytes[kind] > 0).map((kind) => `${kind} ${size(memory.bytes[kind])}`);
  return [
    `Memory: ${size(memory.total)} for batches of up to ${memory.batchSize} on the ${memory.engine} engine`,
    `  (${parts.join(", ")}; to ${memory.bytes.gradients > 0 ? "train" : "predict"})`,
  ];
}

/** Bytes in readable units. */
export function size(bytes: number): string {
  if (bytes < 2 ** 20) return `${(bytes / 2 ** 10).toFixed(1)} KiB`;
  if (bytes < 2 ** 30) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
