import { type Command, CommanderError } from "commander";

/** Our options by the names that they have in scripts for Keras, PyTorch and others, without dashes. */
const OURS: Readonly<Record<string, string>> = {
  learningrate: "--lr",
  baselr: "--lr",
  patience: "--early-stopping",
  earlystop: "--early-stopping",
  epoch: "--epochs",
  numepochs: "--epochs",
  nepochs: "--epochs",
  maxepochs: "--epochs",
  batch: "--batch-size",
  batchsize: "--batch-size",
  bs: "--batch-size",
  wd: "--weight-decay",
  l2: "--weight-decay",
  optim: "--optimizer",
  scheduler: "--schedule",
  lrscheduler: "--schedule",
  lrschedule: "--schedule",
  criterion: "--loss",
  augmentation: "--augment",
  transforms: "--augment",
  gradclip: "--clip-norm",
  clipgrad: "--clip-norm",
  maxgradnorm: "--clip-norm",
  ema: "--averaging",
  val: "--validation",
  valsplit: "--validation",
  validationsplit: "--validation",
  validationdata: "--validation",
  testsize: "--split",
  testsplit: "--split",
  subset: "--limit",
  maxsamples: "--limit",
  imagesize: "--size",
  imgsize: "--size",
  imgsz: "--size",
  arch: "--model",
  architecture: "--model",
  net: "--model",
  network: "--model",
  device: "--engine",
  backend: "--engine",
  gear: "--engine",
  workers: "--threads",
  numworkers: "--threads",
  njobs: "--threads",
  output: "--out",
  outputdir: "--out",
  savedir: "--out",
  logdir: "--out",
  force: "--overwrite",
  checkpoint: "--resume",
  weights: "--from",
  pretrained: "--from",
  randomseed: "--seed",
  randomstate: "--seed",
  silent: "--quiet",
};

/** The error with the name that the option has here, where a command line has one of another library's. */
export function withOurName(error: unknown, program: Command, words: readonly string[]): unknown {
  if (!(error instanceof CommanderError) || error.code !== "commander.unknownOption") return error;
  const options = commandOf(program, words).options.map(({ long }) => long);
  for (const word of words) {
    const [flag] = word.split("=");
    const ours = flag.startsWith("-") ? oursOf(flag) : undefined;
    if (ours === undefined || options.includes(flag) || !options.includes(ours)) continue;
    return new CommanderError(error.exitCode, error.code, `unknown option '${flag}'; here it is ${ours}`);
  }
  return error;
}

function oursOf(flag: string): string | undefined {
  const name = flag.replace(/[-_]/g, "").toLowerCase();
  return Object.hasOwn(OURS, name) ? OURS[name] : undefined;
}

/** The command that the words call. */
function commandOf(command: Command, words: readonly string[]): Command {
  const [first, ...rest] = words;
  const inner = command.commands.find((each) => each.name() === first);
  return inner === undefined ? command : commandOf(inner, rest);
}
