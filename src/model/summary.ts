import { INPUT } from "../graph/build.ts";
import { inputShapes, parametersOf, producers } from "../graph/graph.ts";
import { sizeOf } from "../layers/layer.ts";
import type { Architecture } from "./architecture.ts";
import type { MemoryUse } from "./memory.ts";
import type { Network } from "./network.ts";

/** One layer of a summary. */
export interface LayerDescription {
  readonly name: string;
  readonly type: string;
  /** Names of the layers whose outputs it takes; `input` is the model's. */
  readonly inputs: readonly string[];
  readonly output: readonly number[];
  readonly parameters: number;
  /** Multiply-adds of one image's forward pass. */
  readonly multiplyAdds: number;
}

/** The numbers of a summary. */
export interface ModelDescription {
  readonly input: readonly number[];
  readonly layers: readonly LayerDescription[];
  readonly parameters: number;
  /** Those that are not statistics. */
  readonly trainable: number;
  readonly multiplyAdds: number;
  /** Of a compiled model: bytes by what they are for, and in all. */
  readonly memory?: MemoryUse;
}

/** The numbers of a model, with memory where it has some. */
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
      multiplyAdds: node.layer.multiplyAdds(inputShapes(node)),
    })),
    parameters: parameters.reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    trainable: parameters.reduce((sum, { shape, role }) => sum + (role === "statistic" ? 0 : sizeOf(shape)), 0),
    multiplyAdds: architecture.multiplyAdds(),
    ...(network !== undefined && { memory: network.memory() }),
  };
}

const KINDS = ["parameters", "gradients", "optimizer", "input", "activations", "scratch"] as const;

/** The description as a table. */
export function summarize({ input, layers, parameters, trainable, multiplyAdds, memory }: ModelDescription): string {
  const rows = [
    ["Layer", "Type", "Output shape", "Parameters", "Multiply-adds"],
    ["input", "", `[${input.join(", ")}]`, "0", "0"],
    ...layers.map((layer) => [
      layer.name,
      layer.type,
      `[${layer.output.join(", ")}]`,
      layer.parameters.toLocaleString("en-US"),
      layer.multiplyAdds.toLocaleString("en-US"),
    ]),
  ];
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const numeric = 3;
  const lines = rows.map((row) =>
    row
      .map((cell, column) => (column >= numeric ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join("  ")
      .trimEnd(),
  );
  const rule = "─".repeat(Math.max(...lines.map((line) => line.length)));
  const total = `Parameters: ${parameterCounts({ parameters, trainable })}`;
  const work = `Forward pass: ${multiplyAdds.toLocaleString("en-US")} multiply-adds per image`;
  return [lines[0], rule, ...lines.slice(1), rule, total, work, ...memoryLines(memory)].join("\n");
}

/** All parameters, and how many of them are trained where that is not all: "7,307, of which 7,147 are trained". */
export function parameterCounts({ parameters, trainable }: Pick<ModelDescription, "parameters" | "trainable">): string {
  const trained = parameters === trainable ? "" : `, of which ${trainable.toLocaleString("en-US")} are trained`;
  return parameters.toLocaleString("en-US") + trained;
}

function memoryLines(memory: ModelDescription["memory"]): string[] {
  if (memory === undefined) return [];
  const parts = KINDS.filter((kind) => memory.bytes[kind] > 0).map((kind) => `${kind} ${size(memory.bytes[kind])}`);
  return [
    `Memory: ${size(memory.total)} for batches of up to ${memory.batchSize} on the ${memory.gear} engine`,
    `  (${parts.join(", ")}; to ${memory.bytes.gradients > 0 ? "train" : "predict"})`,
  ];
}

/** Bytes for people. */
export function size(bytes: number): string {
  if (bytes < 2 ** 20) return `${(bytes / 2 ** 10).toFixed(1)} KiB`;
  if (bytes < 2 ** 30) return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return `${(bytes / 2 ** 30).toFixed(2)} GiB`;
}
