import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SearchJob } from "../../src/search/job.ts";
import { readQueueAddress } from "../../src/search/queue/address.ts";
import { connectQueue, type QueueConnection } from "../../src/search/queue/connection.ts";
import type { QueueExecutor } from "../../src/search/queue/executor.ts";
import { QueueKeys } from "../../src/search/queue/keys.ts";
import { queueLibraries, withoutLibraries } from "../../src/search/queue/libraries.ts";
import { startQueue } from "../../src/search/queue/start-queue.ts";
import { CHUNK_BYTES, dropFiles, fetchFiles, MOST_BYTES, sendFiles } from "../../src/search/queue/transfer.ts";
import { runWorker, type WorkerEvent } from "../../src/search/queue/worker.ts";
import type { RunTrialOptions, TrialRunner } from "../../src/search/run-trial.ts";
import type { EndedRun, RunSpec } from "../../src/search/trial.ts";
import { freePort, SERVER, TestServer, until } from "./redis-server.ts";

const WHO = "--queue";
const BUILD = { version: "1.0.0", kernels: "abc" };
const JOB: SearchJob = {
  version: "1.0.0",
  train: { epochs: 3 },
  data: "digits",
  metric: "valAccuracy",
  maximize: true,
  folds: 1,
  seeds: 1,
  seed: 0,
};

const folder = mkdtempSync(join(tmpdir(), "convasm-queue-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("the address of a queue", () => {
  it("is read with its parts, and shown without the password", () => {
    const address = readQueueAddress(WHO, "rediss://lab:p%40ss%2Fword@queue.example:6380/2#team");
    expect(address).toEqual({
      host: "queue.example",
      port: 6380,
      username: "lab",
      password: "p@ss/word",
      db: 2,
      tls: true,
      name: "team",
      shown: "rediss://lab@queue.example:6380/2#team",
    });
    const plain = readQueueAddress(WHO, "valkey://[::1]");
    expect(plain).toMatchObject({ host: "::1", port: 6379, db: 0, tls: false, name: "convasm", password: undefined });
  });

  it.each([
    ["http://host", '"http://host"'],
    ["redis://:secret@", '"redis://...@"'],
    ["redis://:secret@host/x", '"redis://...@host/x"'],
    ["redis://:secret@host?password=x", '"redis://...@host?password=x"'],
    ["redis://:secret@host:99999", '"redis://...@host:99999"'],
    ["localhost:6379", '"localhost:6379"'],
    ["redis://host#a b", '"redis://host#a b"'],
  ])("is refused as %s, without what may be a password", (text, got) => {
    let message = "";
    try {
      readQueueAddress(WHO, text);
    } catch (error) {
      message = String(error);
    }
    expect(message).toContain(
      `--queue: expected redis://[user:password@]host[:port][/database][#name], with rediss:// for TLS, got ${got}`,
    );
    expect(message).not.toContain("secret");
  });
});

it("says what to install where the packages of the queue are missing", async () => {
  const missing = await import("convasm-no-such-package" as string).catch((error: unknown) => error);
  const cause = Object.assign(new Error(String(missing)), { code: "ERR_MODULE_NOT_FOUND" });
  expect(withoutLibraries(WHO, cause)).toMatchObject({
    message: "--queue: expected the packages bullmq and ioredis to be installed, got none; npm install bullmq ioredis",
  });
});

describe.skipIf(SERVER === undefined)("a server with a password", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start("se:cr@t");
  });
  afterAll(() => server.stop());

  const connect = async (url: string): Promise<QueueConnection> =>
    connectQueue(WHO, readQueueAddress(WHO, url), await queueLibraries(WHO));

  it("takes the right one", async () => {
    const connection = await connect(`redis://:se%3Acr%40t@127.0.0.1:${server.port}/1`);
    expect(await connection.client.ping()).toBe("PONG");
    expect(connection.doubt).toBeUndefined();
    connection.close();
  });

  it.each([
    [
      () => `redis://:wrong@127.0.0.1:${server.port}`,
      /^--queue: expected the password of the server at redis:\/\/127.0.0.1:\d+, got one that it refuses$/,
    ],
    [
      () => `redis://127.0.0.1:${server.port}`,
      /^--queue: expected a password for the server at redis:.*, got none; redis:\/\/:PASSWORD@host/,
    ],
    [
      () => `redis://:se%3Acr%40t@127.0.0.1:${server.port}/99`,
      /^--queue: expected a database that the server at .* has, got 99$/,
    ],
  ])("refuses another, in one line without any (%#)", async (url, message) => {
    const error = await connect(url()).catch((each: Error) => each);
    expect(error).toMatchObject({ message: expect.stringMatching(message) });
    expect(String(error)).not.toMatch(/wrong|se:cr@t|se%3A/);
  });
});

describe("a server that is none", () => {
  it("is told in one line", async () => {
    const port = await freePort();
    const libraries = await queueLibraries(WHO);
    const nobody = connectQueue(WHO, readQueueAddress(WHO, `redis://127.0.0.1:${port}`), libraries);
    await expect(nobody).rejects.toThrow(
      `--queue: expected a Redis or Valkey server at redis://127.0.0.1:${port}, got no answer: the connection was refused`,
    );
    const other = createServer((socket) => {
      socket.on("error", () => {});
      socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    await new Promise<void>((resolve) => other.listen(port, "127.0.0.1", resolve));
    const http = connectQueue(WHO, readQueueAddress(WHO, `redis://:secret@127.0.0.1:${port}`), libraries);
    const error = await http.catch((each: Error) => each);
    expect(error).toMatchObject({ code: "no-queue", message: expect.stringContaining("got a server of another kind") });
    expect(String(error)).not.toContain("secret");
    other.close();
  });
});

describe.skipIf(SERVER === undefined)("a queue", () => {
  let server: TestServer;
  let connection: QueueConnection;
  beforeAll(async () => {
    server = await TestServer.start();
    connection = await connectQueue(WHO, readQueueAddress(WHO, server.url), await queueLibraries(WHO));
  });
  afterAll(async () => {
    connection.close();
    await server.stop();
  });

  it("carries files in chunks, the last sending as a whole, and forgets them", async () => {
    const { client } = connection;
    const files = [
      { name: "checkpoint.safetensors", bytes: new Uint8Array(randomBytes(2 * CHUNK_BYTES + 17)) },
      { name: "empty.csv", bytes: new Uint8Array() },
    ];
    await sendFiles(client, "files", [{ name: "old", bytes: new Uint8Array(5) }]);
    await sendFiles(client, "files", files);
    const fetched = (await fetchFiles(client, "files")) ?? [];
    expect(fetched.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
    for (const [i, { bytes }] of fetched.entries()) expect(Buffer.compare(bytes, files[i].bytes)).toBe(0);
    expect((await client.keys("files*")).length).toBe(4);
    expect(await client.ttl("files")).toBeGreaterThan(3600);
    const [chunk] = await client.keys("files:*:0:1");
    await client.set(chunk, Buffer.alloc(CHUNK_BYTES));
    await expect(fetchFiles(client, "files")).rejects.toThrow(
      "expected the bytes of checkpoint.safetensors that were sent, got others",
    );
    await client.del(chunk);
    expect(await fetchFiles(client, "files")).toBeUndefined();
    await dropFiles(client, "files");
    expect(await client.keys("files*")).toEqual([]);
    const huge = sendFiles(client, "files", [{ name: "huge", bytes: new Uint8Array(MOST_BYTES + 1) }]);
    await expect(huge).rejects.toMatchObject({ code: "too-large" });
  });

  it.each([
    "nonsense",
    '{"sending":"a","files":[{"name":"../evil","size":1,"sha256":""}]}',
    '{"sending":"a:b","files":[]}',
    '{"sending":"a","files":[{"name":"x","size":-1,"sha256":""}]}',
    '{"sending":"a","files":[{"name":"x","size":1e15,"sha256":""}]}',
  ])("takes no files from others: %s", async (head) => {
    await connection.client.set("evil", head);
    await expect(fetchFiles(connection.client, "evil")).rejects.toThrow(RangeError);
  });

  let name = 0;
  const started: QueueExecutor[] = [];
  const workers: { readonly end: AbortController; readonly done: Promise<unknown>; readonly events: WorkerEvent[] }[] =
    [];
  const address = () => readQueueAddress(WHO, `${server.url}#q${name}`);

  const startExecutor = async (search = "s1", build = BUILD): Promise<QueueExecutor> => {
    const executor = await startQueue({
      who: WHO,
      address: address(),
      build,
      job: JOB,
      search,
      example: {},
      host: "here",
      folderOf: ({ index }) => join(folder, `q${name}`, search, String(index)),
      signMilliseconds: 50,
    });
    started.push(executor);
    return executor;
  };

  const startWorker = (id: string, runner: TrialRunner, more: { build?: typeof BUILD; graceSeconds?: number } = {}) => {
    const end = new AbortController();
    const events: WorkerEvent[] = [];
    const done = runWorker({
      who: "worker",
      address: address(),
      build: BUILD,
      host: id,
      slots: 2,
      folder: join(folder, `worker-${name}-${id}`),
      startRunner: () => runner,
      signal: end.signal,
      graceSeconds: 0,
      checkpointSeconds: 0,
      lostAfterSeconds: 2,
      signMilliseconds: 50,
      onEvent: (event) => events.push(event),
      ...more,
    }).catch((error: unknown) => error);
    const worker = { end, done, events };
    workers.push(worker);
    return worker;
  };

  const endAll = async (): Promise<void> => {
    for (const { end } of workers) end.abort();
    await Promise.all(workers.map(({ done }) => done));
    for (const executor of started) await executor.close();
    workers.length = 0;
    started.length = 0;
    name++;
  };

  it("brings runs to workers, and results, files and progress back; a run that is asked for again is not trained again", async () => {
    const executor = await startExecutor();
    const runner = new StubRunner();
    startWorker("a", runner);
    const seen: number[] = [];
    const ended = await Promise.all(
      [0, 1, 2, 3, 4].map((index) => executor.run(spec(index), { onProgress: ({ epoch }) => seen.push(epoch) })),
    );
    expect(ended.map(({ result }) => result)).toEqual([0, 1, 2, 3, 4].map((index) => endedRun(index).result));
    expect(readFileSync(join(folder, `q${name}`, "s1", "3", "history.csv"), "utf8")).toBe("run 3");
    expect(runner.runs).toBe(5);
    expect(seen.length).toBeGreaterThan(0);
    // As after a crash of the searching process before it wrote down the result.
    await executor.close();
    const again = await startExecutor();
    expect((await again.run(spec(3))).result).toEqual(endedRun(3).result);
    expect(runner.runs).toBe(5);
    await again.forget(5);
    const keys = new QueueKeys(`q${name}`);
    await endAll();
    const left = (await connection.client.keys(`${keys.prefix}:*`)).filter(
      (key) => !/:(meta|events|id|stalled-check)$/.test(key),
    );
    expect(left.filter((key) => key.includes(":search:") || /s1-/.test(key))).toEqual([]);
  });

  it("hands a run back when its worker is to end, whose checkpoint another one goes on from", async () => {
    const executor = await startExecutor();
    const slow = new StubRunner({ epochs: Number.POSITIVE_INFINITY });
    const first = startWorker("a", slow);
    const run = executor.run(spec(7));
    await until(() => slow.runs === 1);
    first.end.abort();
    await first.done;
    expect(first.events.map(({ event }) => event)).toEqual(["ready", "started", "handed-back"]);
    const next = new StubRunner();
    startWorker("b", next);
    expect((await run).result).toEqual(endedRun(7).result);
    expect(next.beganWith).toEqual(["checkpoint of 7"]);
    await endAll();
  });

  it("puts in again what a server without memory has forgotten", async () => {
    const executor = await startExecutor();
    const run = executor.run(spec(1));
    await until(async () => (await connection.client.keys(`q${name}:runs:s1-1`)).length === 1);
    await connection.client.flushall();
    startWorker("a", new StubRunner());
    expect((await run).result).toEqual(endedRun(1).result);
    await endAll();
  });

  it("starts no search beside workers of another build, and no such worker beside a search", async () => {
    const other = { version: "0.9.0", kernels: "def" };
    const worker = startWorker("old", new StubRunner(), { build: other });
    await until(() => worker.events.length > 0);
    await expect(startExecutor()).rejects.toThrow(
      "--queue: expected workers with convasm 1.0.0 (kernels abc), got the worker on old with convasm 0.9.0 (kernels def); install",
    );
    await endAll();
    await startExecutor();
    const late = startWorker("old", new StubRunner(), { build: other });
    expect(await late.done).toMatchObject({
      message: expect.stringMatching(
        /^worker: expected convasm 1.0.0 \(kernels abc\), which the search in the queue has, got convasm 0.9.0/,
      ),
    });
    await endAll();
  });

  it("lets a worker with other data take nothing: it says so in one line, before anything runs", async () => {
    await startExecutor();
    const { InputRangeError } = await import("../../src/errors.ts");
    const runner = new StubRunner({
      refusal: new InputRangeError("data", "images with SHA-256 aa", "bb", "contradiction"),
    });
    const worker = startWorker("a", runner);
    expect(await worker.done).toMatchObject({
      message: "worker: the search on here: data: expected images with SHA-256 aa, got bb",
    });
    expect(runner.runs).toBe(0);
    await endAll();
  });

  it("stops a search that is aborted, on its workers, too", async () => {
    const executor = await startExecutor();
    const runner = new StubRunner({ epochs: Number.POSITIVE_INFINITY });
    startWorker("a", runner);
    const stop = new AbortController();
    const run = executor.run(spec(1), { signal: stop.signal });
    await until(() => runner.runs === 1);
    stop.abort(new Error("enough"));
    await expect(run).rejects.toThrow("enough");
    await until(() => runner.isIdle);
    await endAll();
  });
});

function spec(index: number): RunSpec {
  return { index, trial: index, settings: { lr: 0.1 * index }, seed: 0 };
}

function endedRun(index: number): EndedRun {
  return {
    result: {
      index,
      trial: index,
      status: "done",
      value: index / 10,
      metrics: { valAccuracy: index / 10 },
      epochs: 3,
      curve: [0, 0, index / 10],
    },
    times: { seconds: 1, endedAt: "2026-01-01T00:00:00Z", host: "stub" },
  };
}

/** Stands for the process that trains: its epochs take 20 ms. */
class StubRunner implements TrialRunner {
  readonly #epochs: number;
  readonly #refusal: Error | undefined;
  /** Runs that were begun. */
  runs = 0;
  /** The checkpoints that runs began with. */
  readonly beganWith: string[] = [];
  #busy = 0;

  constructor({ epochs = 3, refusal }: { epochs?: number; refusal?: Error } = {}) {
    this.#epochs = epochs;
    this.#refusal = refusal;
  }

  get isIdle(): boolean {
    return this.#busy === 0;
  }

  async check(): Promise<never> {
    if (this.#refusal !== undefined) throw this.#refusal;
    // The facts are not looked at.
    return undefined as never;
  }

  async run(
    { index }: RunSpec,
    { folder: path, signal, onProgress, onCheckpoint }: RunTrialOptions,
  ): Promise<EndedRun> {
    this.runs++;
    this.#busy++;
    try {
      const checkpoint = join(path, "checkpoint.safetensors");
      try {
        this.beganWith.push(readFileSync(checkpoint, "utf8"));
      } catch {
        // None.
      }
      await mkdir(path, { recursive: true });
      for (let epoch = 1; epoch <= this.#epochs; epoch++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        await writeFile(checkpoint, `checkpoint of ${index}`);
        onCheckpoint?.(checkpoint, epoch);
        onProgress?.({ epoch, epochs: 3, part: 0 });
        signal?.throwIfAborted();
      }
      await writeFile(join(path, "history.csv"), `run ${index}`);
      await writeFile(join(path, "result.json"), JSON.stringify(endedRun(index)));
      return endedRun(index);
    } finally {
      this.#busy--;
    }
  }

  use(): void {}

  async close(): Promise<void> {}
}
