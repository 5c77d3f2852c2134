import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { RandomStream } from "../../src/numeric/random.ts";
import { SERVER, TestServer } from "./redis-server.ts";

const BIN = fileURLToPath(new URL("../../bin/convasm.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "convasm-trouble-"));
const TRAIN = { model: "strided", limit: 600, epochs: 4, engine: "simd" };
const SPACE = { lr: { log: [0.01, 0.5] }, batchSize: { choice: [64, 128] } };

/** The searches: words of the command line beside the space. */
const SEARCHES: readonly (readonly [name: string, workers: number, words: readonly string[]])[] = [
  ["grid", 2, ["--way", "grid", "--grid-points", "4"]],
  ["random", 4, ["--way", "random", "--trials", "8"]],
  ["quasiRandom", 2, ["--way", "quasiRandom", "--trials", "8"]],
  ["folds", 4, ["--way", "random", "--trials", "3", "--folds", "3"]],
  ["seeds", 2, ["--way", "random", "--trials", "4", "--seeds", "2"]],
  ["halving", 4, ["--way", "halving", "--trials", "8", "--eta", "2"]],
  ["asha", 2, ["--way", "asha", "--trials", "8", "--eta", "2"]],
  ["tpe", 4, ["--way", "tpe", "--trials", "10"]],
];

/** The ways that decide as results arrive: another order of results is another search. */
const BY_ARRIVAL = ["asha", "tpe"];

const children = new Set<ChildProcess>();
const kills = { worker: 0, search: 0, server: 0 };
const stream = RandomStream.from(7, "trouble");
let drawn = 0;
/** The next number from 0 to below 1. */
const draw = (): number => stream.uniform(drawn++);

function start(words: readonly string[]): ChildProcess {
  const child = spawn(process.execPath, [BIN, ...words], { stdio: ["ignore", "ignore", "pipe"] });
  children.add(child);
  child.on("exit", () => children.delete(child));
  return child;
}

/** Ends at the end of a program, with its exit code, or the signal that killed it, and what it had to say. */
function ended(child: ChildProcess): Promise<{ readonly code: number | string | null; readonly said: string }> {
  let said = "";
  child.stderr?.on("data", (bytes) => {
    said = `${said}${bytes}`.slice(-2000);
  });
  return new Promise((resolve) => child.on("exit", (code, signal) => resolve({ code: code ?? signal, said })));
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.on("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** The table without the columns of times. */
function table(path: string): string {
  const lines = readFileSync(join(path, "trials.csv"), "utf8").trimEnd().split("\n");
  expect(lines[0]).toMatch(/,seconds,endedAt,host$/);
  return lines.map((line) => line.split(",").slice(0, -3).join(",")).join("\n");
}

/** Searches by a queue while workers, the search and the server are killed, until it has ended. */
async function searchInTrouble(
  name: string,
  count: number,
  words: readonly string[],
  server: TestServer,
): Promise<string> {
  const out = join(folder, `${name}-queue`);
  const url = `${server.url}#${name}`;
  const worker = () => start(["worker", url, "--slots", "1", "--lost-after", "2", "--checkpoint-every", "1"]);
  const workers = Array.from({ length: count }, worker);
  // What is started while the server is away says so and ends; whoever operates it starts it again.
  const isAway = (said: string) => said.includes("expected a Redis or Valkey server");
  let over: { readonly code: number | string | null; readonly said: string } | undefined;
  const search = () => {
    const isBegun = existsSync(join(out, "search.json")) && statSync(join(out, "search.json")).size > 0;
    if (!isBegun) rmSync(out, { recursive: true, force: true });
    const first = [join(folder, "space.json"), "digits", ...words, "-o", out];
    const child = start(["search", ...(isBegun ? ["--resume", out] : first), "--queue", url]);
    void ended(child).then((end) => {
      if (end.code !== "SIGKILL" && !isAway(end.said)) over = end;
    });
    return child;
  };
  const isGone = ({ exitCode }: ChildProcess) => exitCode !== null;
  let searching = search();
  while (over === undefined) {
    for (const [i, each] of workers.entries()) if (isGone(each)) workers[i] = worker();
    if (isGone(searching) && over === undefined) searching = search();
    await pause(1200 + 1500 * draw());
    if (over !== undefined) break;
    const kind = draw();
    if (kind < 0.6) {
      const which = Math.floor(draw() * count);
      await kill(workers[which]);
      workers[which] = worker();
      kills.worker++;
    } else if (kind < 0.8) {
      await kill(searching);
      kills.search++;
      if (over === undefined) searching = search();
    } else {
      await server.kill();
      await pause(300);
      await server.restart();
      kills.server++;
    }
  }
  for (const each of workers) await kill(each);
  expect(over, over.said).toMatchObject({ code: 0 });
  return out;
}

describe.skipIf(SERVER === undefined)("a search by a queue whose workers, server and own process are killed", () => {
  let server: TestServer;
  beforeAll(async () => {
    writeFileSync(join(folder, "space.json"), JSON.stringify({ space: SPACE, train: TRAIN }));
    server = await TestServer.start("secret");
  });
  afterAll(async () => {
    for (const child of children) await kill(child);
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
    console.log(`killed: ${kills.worker} workers, ${kills.search} searches, ${kills.server} servers`);
  });

  it.each(SEARCHES)("ends with the table of one on one machine: %s, %i workers", async (name, count, words) => {
    const out = await searchInTrouble(name, count, words, server);
    const found = table(out);
    const trials = found
      .split("\n")
      .slice(1)
      .map((line) => Number(line.split(",")[0]));
    // None lost, none counted twice.
    expect(trials).toEqual(trials.map((_, i) => i));
    const local = join(folder, `${name}-local`);
    if (BY_ARRIVAL.includes(name)) {
      // The journal has the decisions: a search that has nothing else of what happened comes to the same table, with nothing to train.
      cpSync(out, local, { recursive: true });
      rmSync(join(local, "trials.csv"));
      expect((await ended(start(["search", "--resume", local]))).code).toBe(0);
    } else {
      const words2 = [join(folder, "space.json"), "digits", ...words, "-o", local];
      expect((await ended(start(["search", ...words2]))).code).toBe(0);
    }
    expect(found).toBe(table(local));
  });

  it("was killed at least 30 times, in every way", () => {
    expect(kills.worker + kills.search + kills.server).toBeGreaterThanOrEqual(30);
    expect(Math.min(kills.worker, kills.search, kills.server)).toBeGreaterThan(2);
  });
});
