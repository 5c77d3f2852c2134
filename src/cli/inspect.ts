import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import type { NamedArray } from "../formats/checkpoint.ts";
import { describeModel, type ModelDescription, summarize } from "../model/summary.ts";
import { pathExists, writeFileAtomic } from "../node/files.ts";
import { weightsSha256 } from "../node/weights-hash.ts";
import { findNetwork } from "../recipes/index.ts";
import { loadModel } from "../training/load-model.ts";
import { createContext, shorterPath } from "./context.ts";
import { resolveEngine } from "./engine.ts";
import { megabytes, table } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { MODEL_HELP, NETWORK_HELP } from "./model-and-network.ts";
import { progressOf, readModelFile, runNotes } from "./model-file.ts";
import { chooseNetwork } from "./network-option.ts";
import type { Output } from "./output.ts";
import { checkWritable } from "./svg-file.ts";

interface InspectOptions {
  readonly graph?: string | undefined;
  readonly json?: boolean | undefined;
}

const HELP: HelpText = {
  examples: [
    ["convasm inspect runs/2026-01-31-120000-speed99"],
    ["convasm inspect resnet8 --graph resnet8.svg"],
    ["convasm inspect network.json"],
    ["convasm inspect model.safetensors --json"],
  ],
};

/** Adds the command `inspect`. */
export function addInspectCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("inspect")
    .description("show what is in a model: layers, settings, weights; or the layers of a network")
    .argument("<model>", `${MODEL_HELP}; or a network: ${NETWORK_HELP}`)
    .option("--graph <file>", "draw the network, as SVG")
    .option("--json", "one JSON object on standard output")
    .action((model: string, options: InspectOptions) => inspect(model, options, signal));
  addHelp(command, HELP);
}

async function inspect(path: string, options: InspectOptions, signal: AbortSignal): Promise<void> {
  const { output } = createContext(options, signal);
  if (options.graph !== undefined) await checkWritable(options.graph);
  const description = (await isFile(path)) ? await inspectFile(path, output) : await inspectNetwork(path, output);
  if (options.graph === undefined) return;
  const { networkGraph } = await import("./network-graph/draw.ts");
  await writeFileAtomic(options.graph, await networkGraph(description, basename(path)));
  output.text();
  output.text(`Graph     ${shorterPath(options.graph)}`);
}

/** True for the path of a model file or a run folder, false for a network's name or description. */
async function isFile(path: string): Promise<boolean> {
  if (path.endsWith(".json")) return false;
  return (await pathExists(path)) || findNetwork(path) === undefined;
}

/** Shows a network on paper, for the images that it says or was drawn up for. */
async function inspectNetwork(nameOrFile: string, output: Output): Promise<ModelDescription> {
  const { build } = await chooseNetwork({ model: nameOrFile });
  const architecture = build({});
  const description = describeModel(architecture, undefined);
  output.event({ event: "network", model: nameOrFile, ...description, architecture: architecture.toJson() });
  for (const line of summarize(description).split("\n")) output.text(line);
  return description;
}

async function inspectFile(path: string, output: Output): Promise<ModelDescription> {
  const file = await readModelFile(path);
  const { checkpoint } = file;
  // Putting it together checks that weights and architecture fit, and tells how much memory it takes.
  const model = await loadModel(checkpoint, { engine: resolveEngine() });
  const description = model.describe();
  const { size } = await stat(file.path);
  const { run: _, ...settings } = checkpoint.settings;
  const notes = runNotes(file);
  const progress = progressOf(file);
  const sha256 = weightsSha256(checkpoint.weights);
  const weights = [...checkpoint.weights].map(([name, array]) => statistics(name, array));

  output.event({
    event: "model",
    model: file.path,
    bytes: size,
    weightsSha256: sha256,
    finished: progress === undefined,
    ...(progress !== undefined && {
      epoch: progress.epoch,
      step: progress.step,
      stopped: progress.stop?.stopped ?? null,
    }),
    ...description,
    architecture: checkpoint.model,
    settings,
    run: notes ?? null,
    weights,
  });

  output.text(`File      ${file.path} (${megabytes(size)})`);
  output.text(`Weights   SHA-256 ${sha256}`);
  if (progress !== undefined) {
    const { epoch, step, stepInEpoch } = progress;
    output.text(`State     unfinished: ${epoch} epochs done, ${stepInEpoch} steps into the next, ${step} in all`);
  }
  output.text();
  for (const line of summarize(description).split("\n")) output.text(line);
  output.text();
  for (const line of settingLines({ ...settings, ...notes })) output.text(line);
  output.text();
  for (const line of weightTable(weights)) output.text(line);
  return description;
}

/** The settings, one to a line; objects as JSON. */
function settingLines(settings: Readonly<Record<string, unknown>>): string[] {
  const rows = Object.entries(settings)
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => [name, typeof value === "string" ? value : JSON.stringify(value)]);
  return rows.length === 0 ? [] : table(rows, 2);
}

/** Statistics of a weight, for one line. */
interface WeightStatistics {
  readonly name: string;
  readonly shape: readonly number[];
  /** Smallest finite value; null if there is none. */
  readonly minimum: number | null;
  readonly maximum: number | null;
  readonly mean: number | null;
  readonly deviation: number | null;
  readonly notFinite: number;
}

function statistics(name: string, { shape, data }: NamedArray): WeightStatistics {
  const finite = data.filter((value) => Number.isFinite(value));
  const notFinite = data.length - finite.length;
  if (finite.length === 0) return { name, shape, minimum: null, maximum: null, mean: null, deviation: null, notFinite };
  let [minimum, maximum, sum] = [finite[0], finite[0], 0];
  for (const value of finite) {
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
    sum += value;
  }
  const mean = sum / finite.length;
  let squares = 0;
  for (const value of finite) squares += (value - mean) ** 2;
  return { name, shape, minimum, maximum, mean, deviation: Math.sqrt(squares / finite.length), notFinite };
}

function weightTable(weights: readonly WeightStatistics[]): string[] {
  const number = (value: number | null) => (value === null ? "" : value.toPrecision(4));
  const anyWrong = weights.some(({ notFinite }) => notFinite > 0);
  return table(
    [
      ["weight", "shape", "minimum", "maximum", "mean", "deviation", ...(anyWrong ? ["NaN or infinite"] : [])],
      ...weights.map(({ name, shape, minimum, maximum, mean, deviation, notFinite }) => [
        name,
        `[${shape.join(", ")}]`,
        ...[minimum, maximum, mean, deviation].map(number),
        ...(anyWrong ? [String(notFinite)] : []),
      ]),
    ],
    2,
  );
}
