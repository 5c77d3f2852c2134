import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort } from "./redis-server.ts";

/** A Slurm cluster of one node with two processors, this machine, with daemons of its own. */
export class SlurmCluster {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Starts the daemons. Undefined, with a line that says why, where they are not installed or may not run. */
  static async start(): Promise<SlurmCluster | undefined> {
    const cluster = new SlurmCluster(mkdtempSync(join(tmpdir(), "convasm-slurm-")));
    try {
      await cluster.#start();
      return cluster;
    } catch (error) {
      console.log(`Slurm's daemons do not run here: ${String(error).slice(0, 300)}`);
      cluster.stop();
      return undefined;
    }
  }

  async #start(): Promise<void> {
    const at = (name: string) => join(this.#folder, name);
    for (const name of ["state", "spool"]) mkdirSync(at(name));
    writeFileSync(at("key"), Buffer.alloc(128, 7), { mode: 0o600 });
    const own = ["--key-file", at("key"), "--socket", at("munge"), "--log-file", at("munge.log")];
    execFileSync("munged", ["--force", ...own, "--pid-file", at("munge.pid"), "--seed-file", at("seed")]);
    const user = execFileSync("whoami", { encoding: "utf8" }).trim();
    const lines = [
      "ClusterName=convasm",
      `SlurmctldHost=${hostname()}(127.0.0.1)`,
      "AuthType=auth/munge",
      `AuthInfo=socket=${at("munge")}`,
      "CredType=cred/munge",
      `SlurmUser=${user}`,
      `SlurmdUser=${user}`,
      `StateSaveLocation=${at("state")}`,
      `SlurmdSpoolDir=${at("spool")}`,
      `SlurmctldPidFile=${at("slurmctld.pid")}`,
      `SlurmdPidFile=${at("slurmd.pid")}`,
      `SlurmctldLogFile=${at("slurmctld.log")}`,
      `SlurmdLogFile=${at("slurmd.log")}`,
      `SlurmctldPort=${await freePort()}`,
      `SlurmdPort=${await freePort()}`,
      "ProctrackType=proctrack/linuxproc",
      "TaskPlugin=task/none",
      "JobAcctGatherType=jobacct_gather/none",
      "SelectType=select/cons_tres",
      "SelectTypeParameters=CR_CPU",
      "ReturnToService=2",
      "MpiDefault=none",
      "SwitchType=switch/none",
      `NodeName=${hostname()} NodeAddr=127.0.0.1 CPUs=2 RealMemory=2000 State=UNKNOWN`,
      "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    ];
    writeFileSync(at("slurm.conf"), `${lines.join("\n")}\n`);
    execFileSync("slurmctld", { env: this.env, stdio: "pipe" });
    execFileSync("slurmd", { env: this.env, stdio: "pipe" });
    for (let i = 0; !this.#nodeState().includes("idle"); i++) {
      if (i === 100) throw new Error(`the node is ${this.#nodeState()}`);
      await pause(200);
    }
  }

  /** The environment in which Slurm's commands find the cluster. */
  get env(): NodeJS.ProcessEnv {
    return { ...process.env, SLURM_CONF: join(this.#folder, "slurm.conf") };
  }

  #nodeState(): string {
    return spawnSync("sinfo", ["-h", "-o", "%t"], { env: this.env, encoding: "utf8" }).stdout.trim();
  }

  /** Ends the daemons that were started. */
  stop(): void {
    for (const name of ["slurmd", "slurmctld", "munge"]) {
      const path = join(this.#folder, `${name}.pid`);
      if (!existsSync(path)) continue;
      try {
        process.kill(Number(readFileSync(path, "utf8")), "SIGKILL");
      } catch {
        // It has ended.
      }
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
