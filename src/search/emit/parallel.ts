import { type EmitPlan, type EmittedFile, shellWord } from "./plan.ts";

/**
 * A shell script that has GNU parallel do the runs, on this machine or on those of a list. Started again, it does those that are missing.
 *
 * @see https://www.gnu.org/software/parallel/man.html
 */
export function parallelFile({ folder, runs, program, threads }: EmitPlan): EmittedFile {
  const words = [...program.map(shellWord), "search", shellWord(folder), "--run-trial"].join(" ");
  const text = `#!/bin/sh
# Runs at once on each machine: JOBS, by default ${threads === 1 ? "one for each core" : `one for each ${threads} cores`}. HOSTS is a file with a machine a line, such as
# node1, which sees the same folder and has convasm at the same place.
set -eu
command -v parallel >/dev/null || { echo "parallel.sh: expected GNU parallel to be installed, got none" >&2; exit 2; }

# A run that has a result ends at once, one that was stopped goes on from its checkpoint.
seq 0 ${runs - 1} | parallel --will-cite --jobs "\${JOBS:-${Math.round(100 / threads)}%}" \${HOSTS:+--sshloginfile "$HOSTS"} --retries 3 \\
  --joblog ${shellWord(`${folder}/logs/parallel.log`)} --resume-failed --termseq TERM,20000,KILL \\
  ${shellWord(`${words} {}`)}
`;
  return { name: "parallel.sh", text, isProgram: true, start: ["sh"] };
}
