/** The runs of a search whose list follows from space and seed alone, to be done by an engine that knows nothing of convasm. */
export interface EmitPlan {
  /** Folder of the search as every machine sees it: an absolute path. */
  readonly folder: string;
  /** Number of runs; run i is that of number i. */
  readonly runs: number;
  /** The words by which convasm is called on the machines. */
  readonly program: readonly string[];
  /** Name of the job for people: letters, digits and dashes. */
  readonly name: string;
  /** Threads of a run. */
  readonly threads: number;
  /** Memory that a run needs, in bytes. */
  readonly memoryBytes: number;
}

/** A file that another engine takes. */
export interface EmittedFile {
  readonly name: string;
  readonly text: string;
  /** Permission to run it as a program. */
  readonly isProgram: boolean;
  /** The command that starts the job, whose last word is the file. */
  readonly start: readonly string[];
}

/** Megabytes that a run is given: what it needs, half as much again for the process around it, in steps of 256. */
export function memoryMegabytes({ memoryBytes }: EmitPlan): number {
  return Math.ceil((memoryBytes * 1.5) / 2 ** 20 / 256 + 1) * 256;
}

/** A word as a shell reads it back. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** A name that Slurm and Kubernetes take: lower-case letters, digits and dashes, a letter first, at most 40 of them. */
export function jobName(text: string): string {
  const name = text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40)
    .replace(/-+$/, "");
  return name === "" ? "search" : name;
}
