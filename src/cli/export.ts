import { basename, dirname, join, resolve } from "node:path";
import { type Command, Option } from "commander";
import type { ExportedFile } from "../exporting/export-contract.ts";
import { FORMATS } from "../exporting/export-formats.ts";
import { exportModel } from "../exporting/export-model.ts";
import { EXPORT_OPTIONS, type ExportFormatName, type ExportOptions } from "../exporting/export-options.ts";
import { precisionOf } from "../exporting/write-model.ts";
import { ensureFolder, pathExists, writeFileAtomic } from "../node/files.ts";
import { UsageError } from "./command-error.ts";
import { type Context, createContext, pathWord, shorterPath } from "./context.ts";
import { type RoundingLoss, roundingLoss } from "./export-accuracy.ts";
import { megabytes } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { MODEL_HELP } from "./model-and-network.ts";
import { type ModelFile, openModel, readModelFile } from "./model-file.ts";
import { schemaOption } from "./schema-option.ts";

/** The schema of the options that are `exportModel`'s. */
const OPTIONS = ["training", "export"] as const;

interface ExportCommandOptions extends Omit<ExportOptions, "format" | "name" | "classNames"> {
  readonly to: ExportFormatName;
  readonly out?: string | undefined;
  readonly data?: string | undefined;
  readonly overwrite?: boolean | undefined;
  readonly json?: boolean | undefined;
}

const HELP: HelpText = {
  examples: [
    ["convasm export model.safetensors --to onnx"],
    ["convasm export model.safetensors --to pytorch -o trained.py", "and trained-pytorch.safetensors beside it"],
    ["convasm export model.safetensors --to onnx --int8 --data digits -o small.onnx"],
    ["convasm export runs/2026-01-31-120000-speed99 --to html -o digits.html"],
    ['convasm export model.safetensors --to html --title "Draw a digit"'],
    ["convasm export model.safetensors --to safetensors --half -o small.safetensors"],
    ["convasm export model.safetensors --to keras -o digits.keras"],
    ["convasm export model.safetensors --to tfjs --int8 -o page/model.json"],
  ],
  notes: [
    "With --half and --int8 the loss of accuracy is measured on what the model's run was tested on, or on --data.",
    "docs/FORMATS.md has what goes out layer by layer, and how other programs read it.",
  ],
};

/** Adds the command `export`. */
export function addExportCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("export")
    .description("write a model for other programs, or as a web page that predicts without a server")
    .argument("<model>", MODEL_HELP);
  command
    .addOption(
      new Option("--to <format>", `format of the files: ${EXPORT_OPTIONS.format.kind.choices?.join(", ")}`)
        .choices(EXPORT_OPTIONS.format.kind.choices ?? [])
        .makeOptionMandatory(),
    )
    .option("-o, --out <path>", "the file to write, or a folder (default: the model's name in the current folder)")
    .option("--overwrite", "replace files that are there");
  for (const key of ["half", "int8", "withoutScaling", "logits", "title", "input"] as const) {
    command.addOption(schemaOption(OPTIONS, key, EXPORT_OPTIONS[key]));
  }
  command
    .option("--data <data>", "mnist, digits, or a file or folder to measure the loss of accuracy on")
    .option("--json", "one JSON object on standard output")
    .action((model: string, options: ExportCommandOptions) =>
      exportFile(model, options, createContext(options, signal)),
    );
  addHelp(command, HELP);
}

async function exportFile(word: string, options: ExportCommandOptions, context: Context): Promise<void> {
  const { to: format, out, data, overwrite, json: _, ...given } = options;
  const file = await readModelFile(word);
  // Says which file is wrong, if one is.
  const model = await openModel(file, { threads: "auto" });
  try {
    const place = placeOf(file, format, out);
    const files = await exportModel(file.checkpoint, {
      ...given,
      ...(format === "html" && { title: given.title ?? place.name }),
      format,
      name: place.name,
    });
    const paths = files.map(({ name }) => join(place.folder, name));
    await checkPaths(paths, file, overwrite === true);
    const loss =
      given.half || given.int8
        ? await roundingLoss(file, model, precisionOf({ format, half: given.half, int8: given.int8 }), data, context)
        : undefined;
    await ensureFolder(place.folder);
    for (const [i, { bytes }] of files.entries()) await writeFileAtomic(paths[i], bytes);
    report(file, format, files, paths, loss, context);
  } finally {
    model.dispose();
  }
}

/** The folder of the files, and the name that they begin with. */
function placeOf(
  file: ModelFile,
  format: ExportFormatName,
  out: string | undefined,
): { readonly folder: string; readonly name: string } {
  const { endings } = FORMATS[format];
  const ending = endings.find((each) => out?.toLowerCase().endsWith(each));
  if (out !== undefined && ending !== undefined) {
    return { folder: dirname(out), name: basename(out).slice(0, -ending.length) };
  }
  return { folder: out ?? ".", name: nameOf(file) };
}

/** The name of a model: its file's, or its run's where the file is called as in all runs. */
function nameOf({ path }: ModelFile): string {
  const name = basename(path, ".safetensors");
  const above = basename(dirname(resolve(path)));
  return name === "model" && above !== "" ? above : name;
}

async function checkPaths(paths: readonly string[], file: ModelFile, overwrite: boolean): Promise<void> {
  for (const path of paths) {
    const who = `--out ${JSON.stringify(shorterPath(path))}`;
    if (resolve(path) === resolve(file.path)) {
      throw new UsageError(who, "another file than the model", "the same", "contradiction");
    }
    if (overwrite || !(await pathExists(path))) continue;
    const advice = "--overwrite replaces it, --out names another";
    throw new UsageError(who, "no file", "one", "contradiction", { advice });
  }
}

function report(
  file: ModelFile,
  format: ExportFormatName,
  files: readonly ExportedFile[],
  paths: readonly string[],
  loss: RoundingLoss | undefined,
  { output }: Context,
): void {
  const { title, use } = FORMATS[format];
  output.event({
    event: "exported",
    model: file.path,
    format,
    files: files.map(({ bytes }, i) => ({ path: paths[i], bytes: bytes.length })),
    ...loss?.json,
  });
  output.text(`Format    ${title}`);
  for (const line of loss?.lines ?? []) output.text(line);
  for (const [i, { bytes }] of files.entries()) {
    output.text(`${i === 0 ? "Written   " : "          "}${shorterPath(paths[i])} (${megabytes(bytes.length)})`);
  }
  output.text(`Use       ${use(paths.map(pathWord))}`);
}
