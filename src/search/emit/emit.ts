import { chmod } from "node:fs/promises";
import { basename, join } from "node:path";
import { ensureFolder, writeFileAtomic } from "../../node/files.ts";
import type { PreparedSearch } from "../prepare.ts";
import { wayOf } from "../prepare.ts";
import { runList } from "../run-list.ts";
import { kubernetesFile } from "./kubernetes.ts";
import { parallelFile } from "./parallel.ts";
import { type EmitPlan, type EmittedFile, jobName } from "./plan.ts";
import { slurmFile } from "./slurm.ts";

/** The engines for which there are job files. */
export const EMITTED = {
  slurm: slurmFile,
  kubernetes: kubernetesFile,
  parallel: parallelFile,
} as const satisfies { readonly [name: string]: (plan: EmitPlan) => EmittedFile };

/** The name of an engine that takes a job file. */
export type EmittedName = keyof typeof EMITTED;

/** A job file in the folder of a search. */
export interface EmittedJob {
  readonly path: string;
  readonly runs: number;
  /** The words of the command that starts it. */
  readonly start: readonly string[];
}

/**
 * Writes a job file in the folder of a search, in which run i follows from the space and i.
 *
 * @param folder the search's
 * @param program the words by which convasm is called on the machines
 */
export async function emitJob(
  { kept, plan, space, facts }: PreparedSearch,
  folder: string,
  name: EmittedName,
  program: readonly string[],
): Promise<EmittedJob> {
  const { job, epochs } = kept;
  const runs = runList(wayOf(plan, space, job, epochs), job).length;
  const { threads } = { threads: 1, ...job.train };
  const file = EMITTED[name]({
    folder,
    runs,
    program,
    name: jobName(basename(folder)),
    threads: typeof threads === "number" ? threads : 1,
    memoryBytes: facts.memoryBytes,
  });
  await ensureFolder(join(folder, "logs"));
  const path = join(folder, file.name);
  await writeFileAtomic(path, file.text);
  if (file.isProgram) await chmod(path, 0o755);
  return { path, runs, start: [...file.start, path] };
}
