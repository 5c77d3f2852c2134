import { mkdtemp } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Command, Option } from "commander";
import { version } from "../node/version.ts";
import { isPath } from "../search/addressed-data.ts";
import { buildText, thisBuild } from "../search/build.ts";
import { usualSlots } from "../search/local.ts";
import type { QueueAddress } from "../search/queue/address.ts";
import { runWorker, type WorkerEvent } from "../search/queue/worker.ts";
import { startRunner } from "../search/run-trial.ts";
import { type Context, createContext, type OutputOptions } from "./context.ts";
import { counted, duration } from "./format.ts";
import { addHelp, type HelpText } from "./help.ts";
import { addOwnOptions } from "./schema-option.ts";
import { queueAddress } from "./search/elsewhere.ts";
import { valueText } from "./search/live-table.ts";

const HELP: HelpText = {
  examples: [
    ["convasm worker redis://host"],
    ["convasm worker rediss://lab:secret@host:6380 --slots 8", "with a password, encrypted"],
    [
      "convasm worker --data /mnt/pets",
      "the address in $CONVASM_QUEUE, the data at another place than the search has it",
    ],
    ["convasm worker redis://host --idle 60", "ends when a minute has brought nothing"],
  ],
  notes: [
    "A worker trains what convasm search --queue puts into the queue, on as many machines as you like. It has to be of the search's version, and its data the " +
      "same: both are checked before anything runs.",
    "Ctrl-C or a request to terminate: it takes no more, and after --grace seconds the others go on with its trainings from their last step.",
    "docs/SEARCH.md tells of servers, sizes and what is guaranteed.",
  ],
};

interface WorkerWords extends OutputOptions {
  readonly slots?: number | "auto" | undefined;
  readonly grace?: number | undefined;
  readonly checkpointEvery?: number | undefined;
  readonly lostAfter?: number | undefined;
  readonly idle?: number | undefined;
  readonly data?: string | undefined;
}

/** Adds the command `worker`. */
export function addWorkerCommand(program: Command, signal: AbortSignal): void {
  const command = program
    .command("worker")
    .description("train for searches on other machines, by a queue on Redis or Valkey")
    .argument(
      "[url]",
      "redis://[user:password@]host[:port][/database][#name], with rediss:// for TLS; default: $CONVASM_QUEUE",
    );
  addOwnOptions(command, "worker")
    .option("--data <path>", "the data of searches on this machine (default: where the search has it)")
    .addOption(new Option("--json", "one JSON object per line on standard output").conflicts("quiet"))
    .option("-q, --quiet", "only errors")
    .action((url: string | undefined, words: WorkerWords) => work(url, words, createContext(words, signal)));
  addHelp(command, HELP);
}

async function work(url: string | undefined, words: WorkerWords, context: Context): Promise<void> {
  const address: QueueAddress = queueAddress("worker", url);
  const { slots = "auto", grace = 20, checkpointEvery = 30, lostAfter = 30, idle, data } = words;
  const build = await thisBuild(version());
  context.output.text(`Worker    ${hostname()}, ${buildText(build)}`);
  await runWorker({
    who: "worker",
    address,
    build,
    host: hostname(),
    slots: slots === "auto" ? usualSlots(1) : slots,
    data: data !== undefined && isPath(data) ? resolve(data) : data,
    folder: await mkdtemp(join(tmpdir(), "convasm-worker-")),
    startRunner,
    signal: context.signal,
    graceSeconds: grace,
    checkpointSeconds: checkpointEvery,
    lostAfterSeconds: lostAfter,
    idleSeconds: idle,
    onEvent: (event) => tell(event, context),
  });
  context.output.text("Worker    has ended; nothing is lost");
}

function tell(event: WorkerEvent, { output }: Context): void {
  const { event: name, ...facts } = event;
  output.event({ event: name, ...facts });
  if (event.event === "ready") {
    output.text(`Queue     ${event.queue}, ${counted(event.slots, "training")} at once`);
  } else if (event.event === "note") {
    output.remark(`worker: ${event.text}`);
  } else if (event.event === "handed-back") {
    output.text(`run ${event.run} of search ${event.search.slice(0, 8)} given back with its checkpoint`);
  } else if (event.event === "ended") {
    const { result, times } = event.ended;
    const value = result.status === "done" ? valueText(result.value) : `failed: ${result.error ?? ""}`;
    output.text(`run ${event.run} of search ${event.search.slice(0, 8)}  ${value}  ${duration(times.seconds)}`);
  }
}
