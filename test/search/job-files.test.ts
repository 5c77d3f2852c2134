import { expect, it } from "vitest";
import { kubernetesFile } from "../../src/search/emit/kubernetes.ts";
import { parallelFile } from "../../src/search/emit/parallel.ts";
import { type EmitPlan, jobName } from "../../src/search/emit/plan.ts";
import { slurmFile } from "../../src/search/emit/slurm.ts";
import { checkKnownAhead } from "../../src/search/run-list.ts";

const PLAN: EmitPlan = {
  folder: "/data/it's here",
  runs: 2500,
  program: ["node", "/opt/convasm/bin/convasm.js"],
  name: "lr",
  threads: 2,
  memoryBytes: 300 * 2 ** 20,
};

it("has no more tasks than Slurm takes, each with some runs in a row", () => {
  const { text } = slurmFile(PLAN);
  expect(text).toContain("#SBATCH --array=0-833\n");
  expect(text).toContain("\nruns=2500\neach=3\n");
  expect(text).toContain("#SBATCH --cpus-per-task=2\n#SBATCH --mem=768M\n");
  expect(text).toContain("folder='/data/it'\\''s here'");
});

it("has a pod for each run on Kubernetes, with what they need", () => {
  const { text } = kubernetesFile(PLAN);
  for (const line of ["completionMode: Indexed", "completions: 2500", "parallelism: 50", 'cpu: "2"', "memory: 768Mi"]) {
    expect(text).toContain(`${line}\n`);
  }
});

it("gives GNU parallel half as many runs as there are cores where a run has two threads", () => {
  expect(parallelFile(PLAN).text).toContain(':-50%}"');
  expect(parallelFile(PLAN).text).toContain("seq 0 2499 |");
});

it.each([
  ["2026-01-31 LR search", "lr-search"],
  ["", "search"],
  ["-9-", "search"],
  ["x".repeat(60), "x".repeat(40)],
])("names a job of the folder %s as clusters take it", (folder, name) => {
  expect(jobName(folder)).toBe(name);
});

it.each(["halving", "asha", "tpe"] as const)("writes no job file for %s, which needs results", (way) => {
  expect(() => checkKnownAhead("--emit", { way, hours: undefined })).toThrow(
    `got ${way}, which needs results; --queue`,
  );
});
