import { stat } from "node:fs/promises";
import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { BYTES } from "../data/scaling.ts";
import { type ImportedModel, type ImportOptions, importModel } from "../importing/import-model.ts";
import { IMPORT_OPTIONS } from "../importing/import-options.ts";
import type { WeightMapping } from "../importing/weight-fit.ts";
import type { Architecture } from "../model/architecture.ts";
import { pathExists, writeFileAtomic } from "../node/files.ts";
import { weightsSha256 } from "../node/weights-hash.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { recipeArchitecture } from "../recipes/run.ts";
import { UsageError } from "./command-error.ts";
import { type Context, commandLine, createContext, pathWord, shorterPath } from "./context.ts";
import { dimensions, megabytes } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { givenScaling, type InputScalingOptions, networkScaling, SCALING_WORDS } from "./input-scaling.ts";
import { readJsonFile } from "./json-file.ts";
import { NETWORK_HELP } from "./model-and-network.ts";
import { namedNetwork } from "./network-option.ts";
import { addOwnOptions, schemaOption } from "./schema-option.ts";

/** The schema of the options that are `importModel`'s. */
const OPTIONS = ["training", "import"] as const;

interface ImportCommandOptions extends InputScalingOptions {
  readonly model?: string | undefined;
  readonly out?: string | undefined;
  readonly mapping?: string | undefined;
  readonly partial?: boolean | undefined;
  readonly classNames?: string | undefined;
  readonly classes?: number | undefined;
  readonly shape?: readonly [height: number, width: number, channels: number] | undefined;
  readonly overwrite?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const HELP: HelpText = {
  examples: [
    ["convasm import network.onnx --input imagenet"],
    ["convasm import trained.keras --input unit"],
    ["convasm import weights.pth --model small.json --input unit"],
    ["convasm import weights.pth --model small.json --scale 0.0078 --overwrite"],
  ],
  notes: [
    "Reads models of Keras (.keras, .h5) and TensorFlow.js (model.json), which hold their network and perhaps the scaling of pixels; with --model also weights of Keras.",
    "Reads ONNX, network and weights.",
    "Reads PyTorch's state dicts (.pth, .pt of torch.save) and safetensors. They hold weights and no network, which --model says. A layer takes " +
      "the module of its own name, or that --mapping names, else the first one left in the file's order that has its shapes.",
  ],
};

/** Adds the command `import`. */
export function addImportCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("import")
    .description("make a model file of what another program trained")
    .argument("<file>", "a model of Keras, TensorFlow.js or ONNX, a state dict of PyTorch, or safetensors")
    .option("--model <network>", `the network that weights are of: ${NETWORK_HELP}`)
    .option("--input <scaling>", `scaling of pixels that the network was trained with: ${SCALING_WORDS.join(", ")}`)
    .option("--scale <x>", "factor of pixels from 0 to 255, or one per channel")
    .option("--mean <x>", "mean of pixels from 0 to 255, or one per channel; goes with --deviation")
    .option("--deviation <x>", "standard deviation of pixels from 0 to 255, or one per channel")
    .addOption(schemaOption(OPTIONS, "shape", IMPORT_OPTIONS.shape));
  addOwnOptions(command, "import")
    .option("--class-names <file>", "names of the classes, in the order of the outputs: a list in JSON")
    .option("--mapping <file>", 'a .json file of names here and there: {"conv2d": "features.0"}')
    .addOption(schemaOption(OPTIONS, "partial", IMPORT_OPTIONS.partial))
    .option("-o, --out <file>", "the model file to write (default: the weights' name with .safetensors)")
    .option("--overwrite", "replace a file that is there")
    .option("--json", "one JSON object on standard output")
    .action((file: string, options: ImportCommandOptions) => importFile(file, options, createContext(options, signal)));
  addHelp(command, HELP);
}

async function importFile(file: string, options: ImportCommandOptions, context: Context): Promise<void> {
  const out = options.out ?? modelNameOf(file);
  if (resolve(out) === resolve(file)) {
    throw new UsageError(`--out ${JSON.stringify(out)}`, "another file than the weights", "the same", "contradiction");
  }
  if (!options.overwrite && (await pathExists(out))) {
    const advice = "--overwrite replaces it, --out names another";
    throw new UsageError(`--out ${JSON.stringify(out)}`, "no file", "one", "contradiction", { advice });
  }
  const classNames = options.classNames === undefined ? undefined : await readNames(options.classNames);
  const mapping = options.mapping === undefined ? undefined : await readMapping(options.mapping);
  const classes = classNames?.length ?? options.classes;
  const imported = await importModel(file, {
    ...(options.model === undefined
      ? ownNetwork(options)
      : { network: givenNetwork(await namedNetwork(options.model), options, classes) }),
    training: true,
    partial: options.partial ?? false,
    threads: 1,
    ...(mapping !== undefined && { mapping }),
    ...(classNames !== undefined && { classNames }),
  });
  try {
    // Weights alone tell no loss, nor do all models: classifiers that give logits are most of them.
    if (imported.model.network.loss === undefined && imported.model.architecture.outputShapes.size === 1) {
      await imported.model.compile({ loss: "softmaxCrossEntropy", threads: 1 });
    }
    imported.model.scaling = BYTES;
    await writeFileAtomic(out, imported.model.save());
    await report(file, out, imported, context);
  } finally {
    imported.model.dispose();
  }
}

/** The name of the model file for a file of weights, in the current folder. */
function modelNameOf(file: string): string {
  const name = basename(file).replace(/\.\w+$/, "");
  return file.endsWith(".safetensors") ? `${name}-imported.safetensors` : `${name}.safetensors`;
}

/** The scaling for a file that holds its network. */
function ownNetwork(options: ImportCommandOptions): Pick<ImportOptions, "input" | "shape"> {
  if (options.classes !== undefined) {
    const advice = "only built-in networks have a number of classes to choose";
    throw new UsageError("--classes", "--model with it", "none", "missing", { advice });
  }
  const input = givenScaling(options);
  const { shape } = options;
  return { ...(input !== undefined && { input }), ...(shape !== undefined && { shape }) };
}

/** The network that `--model` says, with the scaling that the options say. */
function givenNetwork(recipe: Recipe, options: ImportCommandOptions, classes: number | undefined): Architecture {
  const scaling = networkScaling(options, recipe.input);
  const { shape } = recipe.input;
  return recipeArchitecture(
    { ...recipe, input: { ...scaling, ...(shape !== undefined && { shape }) } },
    classes === undefined ? {} : { classes },
  );
}

async function readNames(path: string): Promise<readonly string[]> {
  const names = await readJsonFile(path, "class names");
  return IMPORT_OPTIONS.classNames.kind.read(JSON.stringify(path), "class names", names);
}

async function readMapping(path: string): Promise<WeightMapping> {
  return IMPORT_OPTIONS.mapping.kind.read(JSON.stringify(path), "mapping", await readJsonFile(path, "mapping"));
}

async function report(file: string, out: string, imported: ImportedModel, context: Context): Promise<void> {
  const { model, pairs, missing, unused, notes } = imported;
  const { output } = context;
  const { architecture } = model;
  const { loss } = model.network;
  const { size } = await stat(out);
  output.event({
    event: "imported",
    file,
    model: out,
    bytes: size,
    input: architecture.toJson().input,
    parameters: architecture.parameterCount(),
    weights: pairs.map(({ weight, tensor }) => ({ weight, tensor })),
    missing: [...missing],
    unused: [...unused],
    notes: [...notes],
    ...(loss !== undefined && { loss: loss.config }),
    weightsSha256: await weightsSha256(model),
  });
  const { shape } = architecture.input;
  output.text(
    `Network   ${architecture.layers.length} layers, ${architecture.parameterCount().toLocaleString("en")} weights, ${dimensions(shape)}`,
  );
  output.text(`Weights   ${pairs.length} of ${model.weights().size} from ${shorterPath(file)}`);
  for (const name of missing) output.text(`          ${name}: not in the file, begins anew`);
  for (const name of unused) output.text(`          ${name}: in the file, not used`);
  for (const [i, note] of notes.entries()) output.text(`${i === 0 ? "Notes     " : "          "}${note}`);
  if (loss !== undefined) output.text(`Loss      ${loss.config.type}`);
  output.text(`Model     ${shorterPath(out)} (${megabytes(size)})`);
  output.text(`Next      ${commandLine(context, "inspect", pathWord(out))}`);
}
