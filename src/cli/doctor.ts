import { type Command, Option } from "commander";
import { findPeaks } from "../bench/peak.ts";
import type { Setting } from "../bench/setting.ts";
import { BRIEF, QUICK } from "../bench/timing.ts";
import { ENGINES, type EngineName } from "../engine/engine-names.ts";
import { EXIT, UsageError } from "./command-error.ts";
import { createContext, type OutputOptions } from "./context.ts";
import { type Check, checkGradients, checkKernels, checkThreads, kernelSubjects, type Watch } from "./doctor/checks.ts";
import { describeEngines, describeThreads, type EngineState, type ThreadState } from "./doctor/engines.ts";
import { describeMachine, findData } from "./doctor/machine.ts";
import { checkLines, dataLine, engineLines, faultJson, machineLines, peakLines, threadLine } from "./doctor/report.ts";
import { counted, duration } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import type { Output } from "./output.ts";
import { namesOf } from "./word-lists.ts";

interface DoctorOptions extends OutputOptions {
  readonly engine?: readonly string[] | undefined;
  readonly quick?: boolean | undefined;
}

const HELP: HelpText = {
  notes: [
    "Checked are the very wasm files that training uses: every kernel against the same formula in float64, over shapes of every awkward " +
      "kind, whole and in slices; every gradient of small networks against central differences; two threads against one. Exit code 1 " +
      "if anything is wrong.",
  ],
  examples: [
    ["convasm doctor"],
    ["convasm doctor --engine wide", "in a process with the flag that 256-bit operations need"],
    ["convasm doctor --json > doctor.jsonl"],
  ],
};

/** The kernels that `--quick` checks. */
const FEW_KERNELS = /^(relu|dense|adam)/;

/** Adds the command `doctor`. */
export function addDoctorCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("doctor")
    .description("tell what this machine can do, and check that everything computes right on it")
    .option("--engine <names...>", "engines to check (default: all that this machine has but wide)")
    .addOption(new Option("--json", "one JSON object per line on standard output"))
    .addOption(new Option("--quick", "few kernels, and a peak too short to mean anything, for tests").hideHelp())
    .action((options: DoctorOptions) => doctor(options, program.version() ?? "unknown", signal));
  addHelp(command, HELP);
}

async function doctor(options: DoctorOptions, version: string, signal: AbortSignal): Promise<void> {
  const began = performance.now();
  const { output } = createContext(options, signal);
  const wanted = options.engine && namesOf("--engine", options.engine, ENGINES);
  const { engines, threads } = await describe(version, output);
  signal.throwIfAborted();
  const available = engines.filter((state) => state.available).map(({ engine }) => engine);
  const chosen = available.filter((engine) => wanted === undefined || wanted.includes(engine));
  if (chosen.length === 0) {
    throw new UsageError(
      "--engine",
      `engines that this process has (${available.join(", ")})`,
      `${wanted?.join(", ")}`,
    );
  }
  const checks = await check(chosen, threads, options, output, signal);
  await measure(chosen, threads, options, output, signal);
  conclude(checks, (performance.now() - began) / 1000, output);
}

async function describe(version: string, output: Output): Promise<{ engines: EngineState[]; threads: ThreadState }> {
  const machine = await describeMachine();
  output.event({ event: "machine", convasm: version, ...machine });
  for (const line of machineLines(version, machine)) output.text(line);
  const data = await findData();
  output.event({ event: "data", ...data });
  output.text(dataLine(data));
  output.status(() => "looking for engines ...", true);
  const engines = await describeEngines();
  for (const state of engines) output.event({ event: "engine", ...state });
  const threads = await describeThreads();
  output.event({ event: "threads", ...threads });
  output.text(threadLine(threads));
  output.text();
  for (const line of engineLines(engines, output)) output.text(line);
  return { engines, threads };
}

async function check(
  engines: readonly EngineName[],
  threads: ThreadState,
  { quick }: DoctorOptions,
  output: Output,
  signal: AbortSignal,
): Promise<readonly Check[]> {
  const onProgress = (name: string) => output.status((columns) => `checking ${name} ...`.slice(0, columns - 1));
  const watch: Watch = { signal, onProgress };
  const steps = [
    async () =>
      checkKernels(await kernelSubjects(engines), watch, (kernel) => quick !== true || FEW_KERNELS.test(kernel)),
    () => checkGradients(engines, watch),
    async () => (threads.available ? checkThreads(engines, watch) : []),
  ];
  output.text();
  output.text("Checks");
  const all: Check[] = [];
  for (const step of steps) {
    const checks = await step();
    for (const line of checkLines(checks, output.style)) output.text(line);
    for (const { faults, ...rest } of checks) {
      output.event({ event: "check", ...rest, faults: faults.length });
      for (const fault of faults) output.event(faultJson(fault));
    }
    all.push(...checks);
  }
  return all;
}

async function measure(
  engines: readonly EngineName[],
  { available, auto }: ThreadState,
  { quick }: DoctorOptions,
  output: Output,
  signal: AbortSignal,
): Promise<void> {
  const several = available && auto > 1 ? [auto] : [];
  const settings = engines.flatMap((engine): Setting[] =>
    [1, ...(engine === "js" ? [] : several)].map((threads) => ({ engine, threads })),
  );
  output.status(() => "measuring the peak ...", true);
  const { list, dispose } = await findPeaks(settings, quick === true ? QUICK : BRIEF, signal);
  dispose();
  for (const { setting, gflops } of list) {
    output.event({
      event: "peak",
      engine: setting.engine,
      threads: setting.threads,
      gflops: Number(gflops.toPrecision(4)),
    });
  }
  output.text();
  for (const line of peakLines(list)) output.text(line);
}

function conclude(checks: readonly Check[], seconds: number, output: Output): void {
  const faults = checks.reduce((sum, check) => sum + check.faults.length, 0);
  output.event({ event: "done", ok: faults === 0, faults, seconds: Number(seconds.toFixed(2)) });
  output.text();
  const { style } = output;
  if (faults === 0) {
    output.result(`${style.bold("All is well")} (${duration(seconds)})`);
  } else {
    output.result(style.bold(`${counted(faults, "fault")}: this machine computes wrong results`));
    process.exitCode = EXIT.bug;
  }
}
