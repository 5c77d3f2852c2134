import { type EmitPlan, type EmittedFile, memoryMegabytes, shellWord } from "./plan.ts";

/** Most tasks of an array: Slurm's own limit is 1,001 where nobody changed it. */
const MOST_TASKS = 1000;

/** Seconds before the end of its time at which a task is told, to write a checkpoint. */
const WARNED_SECONDS = 90;

/** Most times that a task starts again because its time was up. */
const MOST_RESTARTS = 100;

/**
 * A job array for Slurm's `sbatch`: a task for each run, for each few in a row where there are more than {@link MOST_TASKS}. A task whose time ends,
 * or that is preempted, writes a checkpoint, goes back into the queue and goes on from there.
 *
 * @see https://slurm.schedmd.com/sbatch.html
 */
export function slurmFile(plan: EmitPlan): EmittedFile {
  const { folder, runs, program, name, threads } = plan;
  const each = Math.ceil(runs / MOST_TASKS);
  const tasks = Math.ceil(runs / each);
  const text = `#!/bin/bash
#SBATCH --job-name=${name}
#SBATCH --array=0-${tasks - 1}
#SBATCH --cpus-per-task=${threads}
#SBATCH --mem=${memoryMegabytes(plan)}M
#SBATCH --output="${folder.replaceAll("%", "%%")}/logs/task-%a.log"
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --signal=B:TERM@${WARNED_SECONDS}
# Add what your cluster asks for, such as --partition, --account and --time. With --array=0-${tasks - 1}%50 no more than 50 tasks run at once.

program=(${program.map(shellWord).join(" ")})
folder=${shellWord(folder)}
runs=${runs}
each=${each}

# A run that has a result ends at once, one that was stopped goes on from its checkpoint: tasks may start as often as they like.
first=$((SLURM_ARRAY_TASK_ID * each))
end=$((first + each < runs ? first + each : runs))
stopped= pid= failed=0
trap 'stopped=yes; [ -n "$pid" ] && kill -TERM "$pid" 2>/dev/null' TERM
for ((run = first; run < end; run++)); do
  "\${program[@]}" search "$folder" --run-trial "$run" &
  pid=$!
  wait "$pid"
  code=$?
  # The signal ends the first wait; the run has yet to write its checkpoint.
  while kill -0 "$pid" 2>/dev/null; do
    wait "$pid"
    code=$?
  done
  [ -n "$stopped" ] && break
  [ "$code" -ne 0 ] && failed=$code
done
if [ -n "$stopped" ] && [ "\${SLURM_RESTART_COUNT:-0}" -lt ${MOST_RESTARTS} ]; then
  exec scontrol requeue "\${SLURM_ARRAY_JOB_ID}_\${SLURM_ARRAY_TASK_ID}"
fi
exit "$failed"
`;
  return { name: "slurm.sbatch", text, isProgram: false, start: ["sbatch"] };
}
