import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SlurmCluster } from "./slurm-cluster.ts";

const BIN = fileURLToPath(new URL("../../bin/convasm.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "convasm-jobs-"));
const space = join(folder, "space.json");
const LR = { log: [0.01, 0.5] };
const TRAIN = { model: "strided", limit: 400, epochs: 2, engine: "simd" };

function convasm(...words: readonly string[]): { readonly status: number | null; readonly stderr: string } {
  return spawnSync(process.execPath, [BIN, ...words], { encoding: "utf8" });
}

/** The table without the columns of times. */
function table(path: string): string {
  const lines = readFileSync(join(path, "trials.csv"), "utf8").trimEnd().split("\n");
  return lines.map((line) => line.split(",").slice(0, -3).join(",")).join("\n");
}

describe("a search of eight trials by a job file", () => {
  beforeAll(() => {
    writeFileSync(space, JSON.stringify({ space: { lr: LR }, train: TRAIN, trials: 8 }));
    expect(convasm("search", space, "digits", "-o", join(folder, "local")).status).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it("ends with the table of one on one machine: Slurm", async () => {
    const out = join(folder, "with a space");
    expect(convasm("search", space, "digits", "--emit", "slurm", "-o", out).status).toBe(0);
    const file = join(out, "slurm.sbatch");
    const cluster = await SlurmCluster.start();
    if (cluster === undefined) {
      console.log("the job file is run by a loop of the shell in Slurm's place");
      for (let task = 0; task < 8; task++) {
        const env = { ...process.env, SLURM_ARRAY_TASK_ID: String(task) };
        expect(spawnSync("bash", [file], { env }).status).toBe(0);
      }
    } else {
      const { env } = cluster;
      try {
        expect(spawnSync("sbatch", ["--test-only", file], { env, encoding: "utf8" })).toMatchObject({ status: 0 });
        const array = spawnSync("sbatch", ["--wait", file], { env, encoding: "utf8" });
        expect(array.stderr).toBe("");
        expect(array.status).toBe(0);
        console.log("a Slurm cluster of one node ran the array");
      } finally {
        cluster.stop();
      }
      expect(readFileSync(join(out, "logs", "task-7.log"), "utf8")).toMatch(/^run 7 {2}0\.\d+/m);
    }
    expect(convasm("search", "--collect", out)).toMatchObject({ status: 0 });
    expect(table(out)).toBe(table(join(folder, "local")));
  });

  it.skipIf(spawnSync("parallel", ["--version"]).status !== 0)(
    "ends with the table of one on one machine: GNU parallel, of which some runs were lost at first",
    () => {
      const out = join(folder, "parallel");
      expect(convasm("search", space, "digits", "--emit", "parallel", "-o", out).status).toBe(0);
      expect(spawnSync(join(out, "parallel.sh")).status).toBe(0);
      for (const run of ["000002", "000003", "000006"]) rmSync(join(out, "trials", run), { recursive: true });
      const early = convasm("search", "--collect", out);
      expect(early).toMatchObject({ status: 2 });
      expect(early.stderr).toContain(
        "--collect: expected results of 8 runs, got 5; start the job again, which trains those that are missing: 2-3, 6",
      );
      rmSync(join(out, "logs", "parallel.log"));
      expect(spawnSync("sh", [join(out, "parallel.sh")]).status).toBe(0);
      expect(convasm("search", "--collect", out).status).toBe(0);
      expect(table(out)).toBe(table(join(folder, "local")));
    },
  );
});
