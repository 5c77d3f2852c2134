import { basename, resolve } from "node:path";
import { type Command, Option } from "commander";
import { isRecord } from "../json.ts";
import { whole } from "../options/kinds.ts";
import { pickOptions } from "../options/schema.ts";
import { EMITTED, type EmittedName } from "../search/emit/emit.ts";
import { SEARCH, type SearchSettings } from "../search/options.ts";
import { resumeSearch, type SearchEvent, type SearchRunOptions, searchJson } from "../search/search.ts";
import { Interrupted, UsageError } from "./command-error.ts";
import { type Context, createContext, type OutputOptions } from "./context.ts";
import { engineOption, threadsOption } from "./engine.ts";
import { addHelp, type HelpText } from "./help.ts";
import { readJsonFile } from "./json-file.ts";
import { readWord } from "./option-words.ts";
import { newRunPath } from "./run-folder.ts";
import { addOwnOptions } from "./schema-option.ts";
import { SearchDisplay } from "./search/display.ts";
import { collected, emitSearch, forManyMachines, type QueueUse, trainByNumber, viaQueue } from "./search/elsewhere.ts";

const HELP: HelpText = {
  groups: {
    "Search:": ["--way", "--trials", "--hours", "--metric", "--direction", "--folds", "--seeds", "--seed"],
    "Machine:": ["--slots", "--engine", "--threads"],
    "Many machines:": ["--queue", "--emit", "--collect"],
    "Output:": ["--out", "--resume", "--retrain", "--json", "--quiet"],
  },
  notes: [
    'SPACE is JSON: {"space": {"lr": {"log": [0.01, 1]}, "batchSize": {"choice": [64, 128]}}, "train": {"model": "conv8", "epochs": 2}}. ' +
      'Keys are options of train in camel case, or paths of settings, such as conv2d_1.filters or augment.shift. Values: {"choice": [...]}, ' +
      '{"range": [0, 0.9]}, {"int": [8, 64], "step": 8}, {"log": [0.001, 1]}; "when": {"optimizer": "sgd"} is a condition. The options ' +
      "below may stand in the file, too.",
    "Each training is what convasm train with these settings is. Images to test on choose nothing: without images for validation a fifth " +
      "of those to train on is held out.",
    "On many machines: --queue redis://host, and convasm worker redis://host on each of them; or --emit, for a cluster's own engine. docs/SEARCH.md tells more.",
    "Ctrl-C ends all trainings after the current step; convasm search --resume FOLDER goes on from there, also after the machine went down.",
  ],
  examples: [
    ["convasm search space.json mnist", "32 random trials, one training a core"],
    ["convasm search space.json ./pets --way tpe --trials 100 --retrain"],
    ["convasm search space.json digits --folds 5", "cross-validation, each class with its share"],
    ["convasm search space.json --way halving --trials 81", "the best third trains three times as long, and so on"],
    [
      "convasm search space.json digits --emit slurm -o lr",
      "then sbatch lr/slurm.sbatch, and convasm search --collect lr",
    ],
  ],
};

/** The options of `search`. */
interface SearchWords extends SearchSettings, OutputOptions {
  readonly slots?: number | "auto" | undefined;
  readonly engine?: string | undefined;
  readonly threads?: number | "auto" | undefined;
  readonly out?: string | undefined;
  readonly resume?: string | undefined;
  readonly retrain?: boolean | undefined;
  readonly queue?: string | true | undefined;
  readonly emit?: EmittedName | undefined;
  readonly collect?: string | undefined;
  readonly runTrial?: number | undefined;
}

/** Options that may be given with `--resume`; the search has all others. */
const WITH_RESUME: readonly string[] = ["resume", "hours", "slots", "retrain", "queue", "json", "quiet"];

/** Adds the command `search`. */
export function addSearchCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("search")
    .description("train with many settings, and find the best ones")
    .argument("[space]", ".json file of the settings to choose from")
    .argument("[data]", "data as train takes it; default: the file's, else train's own");
  addOwnOptions(command, "search")
    .addOption(engineOption())
    .addOption(threadsOption("1"))
    .option("--queue [url]", "let workers train, by a queue at redis://[user:password@]host (default: $CONVASM_QUEUE)")
    .addOption(
      new Option("--emit <engine>", "write a job file: slurm, kubernetes or parallel").choices(Object.keys(EMITTED)),
    )
    .option("--collect <dir>", "gather the results of a job file's runs")
    .addOption(
      new Option(
        "--run-trial <i>",
        "train the run of that number of the search in a folder, as job files do",
      ).argParser((word) => readWord(whole(0), "runTrial", word)),
    )
    .option("-o, --out <dir>", "folder for the search (default: in runs)")
    .option("--resume <dir>", "go on with the search of a folder")
    .option("--retrain", "train the best settings once more at the end, on all of the data")
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only the result");
  addHelp(command, HELP);
  command.action(async (space: string | undefined, data: string | undefined, words: SearchWords) => {
    const context = createContext(words, signal);
    const display = new SearchDisplay(context);
    try {
      if (words.runTrial !== undefined) return await trainByNumber(space, words.runTrial, context);
      const queue = words.queue === undefined ? undefined : await viaQueue(words.queue, context);
      for await (const event of eventsOf(space, data, words, context, queue)) {
        display.take(event);
        await queue?.end(event);
      }
    } catch (error) {
      context.output.clearStatus();
      throw error instanceof Interrupted ? display.interrupted() : error;
    }
  });
}

async function* eventsOf(
  space: string | undefined,
  data: string | undefined,
  words: SearchWords,
  context: Context,
  queue: QueueUse | undefined,
): AsyncGenerator<SearchEvent, void> {
  const { slots, retrain, resume, hours, emit, collect } = words;
  const { signal, output } = context;
  const common = { slots, retrain, signal, executor: queue?.executor } satisfies Partial<SearchRunOptions>;
  output.status(() => "checking the search ...", true);
  if (collect !== undefined) {
    yield* collected(collect, retrain, context);
    return;
  }
  if (resume !== undefined) {
    const surplus = Object.entries(words).find(([key, value]) => value !== undefined && !WITH_RESUME.includes(key));
    if (space !== undefined || surplus !== undefined) {
      const got = space === undefined ? `--${surplus?.[0]}` : JSON.stringify(space);
      throw new UsageError("--resume", "no other settings than the search's", got, "contradiction");
    }
    yield* resumeSearch({ ...common, folder: resume, hours });
    return;
  }
  if (space === undefined) throw new UsageError("search", "a .json file of settings to choose from", "none", "missing");
  const own = withMachine(await readJsonFile(space, "space"), words);
  const json = queue === undefined && emit === undefined ? own : forManyMachines(own);
  const name = basename(space, ".json");
  const folder = words.out ?? newRunPath(name.includes("search") ? name : `search-${name}`);
  const settings = pickOptions(SEARCH, words);
  if (emit !== undefined) return emitSearch(emit, { json, settings, data, folder }, context);
  yield* searchJson(json, { ...settings, ...common, ...(data !== undefined && { data }), folder: resolve(folder) });
}

/** The space with the engine and the threads of the command line. */
function withMachine(json: unknown, { engine, threads }: SearchWords): unknown {
  if (!isRecord(json)) return json;
  const train = isRecord(json.train) ? json.train : undefined;
  const machine = { ...(engine !== undefined && { engine }), ...(threads !== undefined && { threads }) };
  return json.train === undefined || train !== undefined ? { ...json, train: { ...train, ...machine } } : json;
}
