import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/** Name of the server's program, of Redis or Valkey; undefined, with a line that says so, where neither is installed. */
export const SERVER = ["redis-server", "valkey-server"].find((name) => {
  try {
    execFileSync(name, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
});
if (SERVER === undefined)
  console.log("no redis-server and no valkey-server on this machine: tests of the queue are skipped");

/** A server of its own for a test, which writes a log of all its writes. */
export class TestServer {
  readonly port: number;
  readonly password: string | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), "convasm-redis-"));
  #process: ChildProcess | undefined;

  private constructor(port: number, password: string | undefined) {
    this.port = port;
    this.password = password;
  }

  static async start(password?: string): Promise<TestServer> {
    const server = new TestServer(await freePort(), password);
    await server.restart();
    return server;
  }

  get url(): string {
    return `redis://${this.password === undefined ? "" : `:${this.password}@`}127.0.0.1:${this.port}`;
  }

  /** Starts the server with what the log of its writes holds. */
  async restart(): Promise<void> {
    const words = ["--port", String(this.port), "--bind", "127.0.0.1", "--dir", this.#folder, "--save", ""];
    words.push("--appendonly", "yes");
    if (this.password !== undefined) words.push("--requirepass", this.password);
    const child = spawn(SERVER ?? "redis-server", words, { stdio: ["ignore", "pipe", "inherit"] });
    this.#process = child;
    let log = "";
    await new Promise<void>((resolve, reject) => {
      child.on("exit", (code) => reject(new Error(`the server ended with ${code}: ${log}`)));
      child.stdout.on("data", (bytes) => {
        log = `${log}${bytes}`.slice(-10_000);
        if (log.includes("Ready to accept connections")) resolve();
      });
    });
  }

  /** Kills the server with no time to write anything. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.on("exit", resolve));
    child.kill("SIGKILL");
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return address.port;
}

/** Waits until something holds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(20);
}
