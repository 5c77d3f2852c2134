import { type Command, CommanderError } from "commander";

/** Our options by the names that they have in scripts for Keras, PyTorch and others, without dashes; of several, the first that the command has. */
const OURS: Readonly<Record<string, readonly string[]>> = {
  learningrate: ["--lr"],
  baselr: ["--lr"],
  patience: ["--early-stopping"],
  earlystop: ["--early-stopping"],
  epoch: ["--epochs"],
  numepochs: ["--epochs"],
  nepochs: ["--epochs"],
  maxepochs: ["--epochs"],
  batch: ["--batch-size"],
  batchsize: ["--batch-size"],
  bs: ["--batch-size"],
  wd: ["--weight-decay"],
  l2: ["--weight-decay"],
  optim: ["--optimizer"],
  scheduler: ["--schedule"],
  lrscheduler: ["--schedule"],
  lrschedule: ["--schedule"],
  criterion: ["--loss"],
  augmentation: ["--augment"],
  transforms: ["--augment"],
  gradclip: ["--clip-norm"],
  clipgrad: ["--clip-norm"],
  maxgradnorm: ["--clip-norm"],
  ema: ["--averaging"],
  val: ["--validation"],
  valsplit: ["--validation"],
  validationsplit: ["--validation"],
  validationdata: ["--validation"],
  testsize: ["--split"],
  testsplit: ["--split"],
  subset: ["--limit"],
  maxsamples: ["--limit"],
  imagesize: ["--size"],
  imgsize: ["--size"],
  imgsz: ["--size"],
  arch: ["--model", "--net"],
  architecture: ["--model", "--net"],
  net: ["--model", "--net"],
  network: ["--model", "--net"],
  model: ["--net"],
  m: ["--net"],
  device: ["--engine"],
  backend: ["--engine"],
  gear: ["--engine"],
  workers: ["--threads"],
  numworkers: ["--threads"],
  njobs: ["--threads"],
  output: ["--out"],
  outputdir: ["--out"],
  savedir: ["--out"],
  logdir: ["--out"],
  force: ["--overwrite"],
  checkpoint: ["--resume"],
  weights: ["--from"],
  pretrained: ["--from"],
  randomseed: ["--seed"],
  randomstate: ["--seed"],
  silent: ["--quiet"],
};

/** Names of options by which other programs take the model, which is the first argument here. */
const MODEL_FLAGS: readonly string[] = ["m", "model", "network", "net", "weights", "checkpoint", "run", "pretrained"];

/** The error with the name that the option has here, or with the words that are missing, where a command line is that of another program. */
export function withOurName(error: unknown, program: Command, words: readonly string[]): unknown {
  if (!(error instanceof CommanderError)) return error;
  const command = commandOf(program, words);
  const told = (message: string) => new CommanderError(error.exitCode, error.code, message);
  if (error.code === "commander.missingArgument") return told(`${error.message}: ${wordsOf(command)}`);
  if (error.code !== "commander.unknownOption") return error;
  const options = command.options.map(({ long }) => long);
  const takesModel = command.registeredArguments[0]?.name() === "model";
  for (const word of words) {
    const [flag] = word.split("=");
    if (!flag.startsWith("-") || options.includes(flag)) continue;
    const name = plainName(flag);
    if (takesModel && MODEL_FLAGS.includes(name)) {
      return told(`unknown option '${flag}'; the model stands first, without an option: ${wordsOf(command)}`);
    }
    const ours = Object.hasOwn(OURS, name) ? OURS[name].find((option) => options.includes(option)) : undefined;
    if (ours !== undefined) return told(`unknown option '${flag}'; here it is ${ours}`);
  }
  return error;
}

/** The words of a command, such as "convasm predict <model> <images...>". */
function wordsOf(command: Command): string {
  const names: string[] = [];
  for (let each: Command | null = command; each !== null; each = each.parent) names.unshift(each.name());
  const places = command.registeredArguments.map((argument) => {
    const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
    return argument.required ? `<${name}>` : `[${name}]`;
  });
  return [...names, ...places].join(" ");
}

/** The name of an option without dashes. */
function plainName(flag: string): string {
  return flag.replace(/[-_]/g, "").toLowerCase();
}

/** The command that the words call. */
function commandOf(command: Command, words: readonly string[]): Command {
  const [first, ...rest] = words;
  const inner = command.commands.find((each) => each.name() === first);
  return inner === undefined ? command : commandOf(inner, rest);
}
