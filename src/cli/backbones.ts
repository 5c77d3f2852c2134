import type { Command } from "commander";
import { backbonePath, fetchBackbone, PUBLIC_BACKBONES, type PublicBackbone } from "../node/backbones.ts";
import { pathExists } from "../node/files.ts";
import { barLine } from "./bar.ts";
import { UsageError } from "./command-error.ts";
import { type Context, commandLine, createContext, type OutputOptions } from "./context.ts";
import { fittedTable } from "./fitted-table.ts";
import { dimensions, megabytes } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { unknownName } from "./suggest.ts";

const HELP: HelpText = {
  notes: [
    "Networks that learned from ImageNet's photographs, by others, under their licences; none is in this package. train --backbone NAME takes one that was fetched.",
    "$CONVASM_BACKBONES holds another address to fetch files from, such as a mirror: a folder with files of these names.",
  ],
  examples: [["convasm backbones", "what there is, with size, licence, address and SHA-256"]],
};

/** Adds the command `backbones`. */
export function addBackbonesCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("backbones")
    .argument("[name]", "fetch this one into the cache")
    .description("list networks with public weights for train --backbone, and fetch one")
    .option("--json", "one JSON object per line on standard output");
  addHelp(command, HELP);
  command.action(async (name: string | undefined, options: OutputOptions) => {
    const context = createContext(options, signal);
    if (name === undefined) await list(context);
    else await fetchNamed(name, context);
  });
}

/** The network of a name; undefined if it is none of the list. */
export function publicBackbone(name: string): PublicBackbone | undefined {
  return PUBLIC_BACKBONES.find((each) => each.name === name);
}

/**
 * The path of a listed network in the cache, for `--backbone`.
 *
 * @throws UsageError if it was not fetched
 */
export async function fetchedBackbone(backbone: PublicBackbone, context: Context): Promise<string> {
  const path = backbonePath(backbone);
  if (await pathExists(path)) return path;
  const advice = commandLine(context, "backbones", backbone.name);
  const got = `${backbone.name}, which is not in the cache`;
  throw new UsageError("--backbone", "a network that was fetched", got, "missing", { advice: `fetch it by ${advice}` });
}

async function list({ output }: Context): Promise<void> {
  const there = await Promise.all(PUBLIC_BACKBONES.map((each) => pathExists(backbonePath(each))));
  for (const [i, { name, bytes, shape, licence, sha256, urls }] of PUBLIC_BACKBONES.entries()) {
    const path = there[i] ? backbonePath(PUBLIC_BACKBONES[i]) : null;
    output.event({ event: "backbone", name, bytes, shape, licence, sha256, url: urls[0], path });
  }
  const columns = [
    { head: "name", cells: PUBLIC_BACKBONES.map(({ name }) => name) },
    { head: "size", cells: PUBLIC_BACKBONES.map(({ bytes }) => megabytes(bytes)), right: true },
    { head: "pixels", cells: PUBLIC_BACKBONES.map(({ shape }) => dimensions(shape)) },
    { head: "licence", cells: PUBLIC_BACKBONES.map(({ licence }) => licence) },
    { head: "cache", cells: there.map((isThere) => (isThere ? "yes" : "no")) },
  ];
  for (const line of fittedTable(columns, Number.POSITIVE_INFINITY)) output.text(line);
  output.text();
  for (const { name, sha256, urls } of PUBLIC_BACKBONES)
    for (const line of [name, `  ${urls[0]}`, `  SHA-256 ${sha256}`]) output.text(line);
}

async function fetchNamed(name: string, { output, signal }: Context): Promise<void> {
  const known = publicBackbone(name);
  if (known === undefined)
    throw unknownName(
      "backbones",
      "one of",
      name,
      PUBLIC_BACKBONES.map((each) => each.name),
    );
  const mirror = process.env.CONVASM_BACKBONES;
  const backbone = mirror ? { ...known, urls: [`${mirror.replace(/\/?$/, "/")}${known.file}`] } : known;
  const { path, isNew } = await fetchBackbone(backbone, {
    signal,
    onProgress(received, total) {
      const size = `${megabytes(received)} of ${megabytes(total)}`;
      output.status((columns) => barLine(received / total, `downloading ${known.file}`, [size], columns, output.look));
    },
  });
  output.clearStatus();
  const { bytes, licence, sha256, urls } = backbone;
  output.event({ event: "done", name, path, isNew, bytes, licence, sha256, from: urls });
  const from = isNew ? `fetched from ${new URL(urls[0]).host}, SHA-256 is right` : "was in the cache";
  output.result(`${path}: ${megabytes(bytes)}, ${licence}; ${from}`);
}
