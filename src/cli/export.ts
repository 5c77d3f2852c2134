import { stat } from "node:fs/promises";
import { basename } from "node:path";
import type { Command } from "commander";
import { writeFileAtomic } from "../node/files.ts";
import { exportHtml } from "../training/export-html.ts";
import { EXPORT_HTML, type ExportHtmlOptions } from "../training/export-html-options.ts";
import { createContext, shorterPath } from "./context.ts";
import { megabytes } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { MODEL_HELP } from "./model-and-network.ts";
import { openModel, readModelFile } from "./model-file.ts";
import { schemaOption } from "./schema-option.ts";

interface ExportOptions {
  readonly html: string;
  readonly title?: string | undefined;
  readonly input?: ExportHtmlOptions["input"];
  readonly json?: boolean | undefined;
}

const HELP: HelpText = {
  examples: [
    ["convasm export runs/2026-01-31-120000-speed99 --html digits.html"],
    ['convasm export model.safetensors --html digits.html --title "Draw a digit"'],
  ],
};

/** Adds the command `export`. */
export function addExportCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("export")
    .description(
      "make a web page of a model: one file with a pad to draw on, or a place for photographs, which works without a server",
    )
    .argument("<model>", MODEL_HELP)
    .requiredOption("--html <file>", "the page to write; a file that is there is replaced")
    .option("--title <text>", "the page's title (default: the name of the file)")
    .addOption(schemaOption(["export", "html"], "input", EXPORT_HTML.input))
    .option("--json", "one JSON object on standard output")
    .action((model: string, options: ExportOptions) => exportModel(model, options, signal));
  addHelp(command, HELP);
}

async function exportModel(path: string, options: ExportOptions, signal: AbortSignal): Promise<void> {
  const { output } = createContext(options, signal);
  const file = await readModelFile(path);
  // Says which file is wrong, if one is.
  (await openModel(file, { threads: 1 })).dispose();
  const { html, title = basename(html).replace(/\.html?$/i, ""), input } = options;
  const page = await exportHtml(file.checkpoint, { title, input });
  await writeFileAtomic(html, page);
  const { size } = await stat(html);
  output.event({ event: "exported", model: file.path, html, bytes: size });
  output.text(`Page      ${shorterPath(html)} (${megabytes(size)}): open it in a browser, or send it to someone`);
}
