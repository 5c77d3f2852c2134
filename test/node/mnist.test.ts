import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { encodeIdx } from "../../src/data/idx.ts";
import type { MnistFile } from "../../src/data/mnist.ts";
import { cacheFolder } from "../../src/node/cache-folder.ts";
import { downloadMnist, findMnist, loadIdxFolder, loadMnist } from "../../src/node/mnist.ts";
import { RandomStream } from "../../src/numeric/random.ts";

let folder = "";
let servers: Server[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convasm-mnist-"));
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  servers = [];
  cuts = [];
  await rm(folder, { recursive: true, force: true });
});

/** Noise, so that packed files are long enough to be cut; with MNIST's names and layout. */
function content(name: string, count: number): Uint8Array {
  const stream = RandomStream.from(1, name);
  if (name.includes("labels"))
    return encodeIdx(
      [count],
      Uint8Array.from({ length: count }, (_, i) => i % 10),
    );
  const pixels = Uint8Array.from({ length: count * 784 }, (_, i) => stream.integer(i, 256));
  return encodeIdx([count, 28, 28], pixels);
}

const CONTENTS = new Map(
  Object.entries({
    "t10k-labels-idx1-ubyte": 20,
    "train-labels-idx1-ubyte": 200,
    "t10k-images-idx3-ubyte": 20,
    "train-images-idx3-ubyte": 200,
  }).map(([name, count]) => [name, content(name, count)]),
);
const PACKED = new Map([...CONTENTS].map(([name, bytes]) => [`${name}.gz`, gzipSync(bytes)]));
const FILES: MnistFile[] = [...CONTENTS].map(([name, bytes]) => ({
  name,
  bytes: bytes.length,
  sha256: createHash("sha256").update(bytes).digest("hex"),
}));
const IMAGES = "train-images-idx3-ubyte.gz";
const ALL_NAMES = [...PACKED.keys()].sort();

interface Mirror {
  url: string;
  /** "GET train-images-idx3-ubyte.gz bytes=100-" and so on. */
  log: string[];
}

type Answer = (name: string, request: IncomingMessage, response: ServerResponse, gets: number) => void;

async function listen(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  return `http://127.0.0.1:${address.port}/`;
}

/** An address that nobody listens at. */
async function closedUrl(): Promise<string> {
  const url = await listen(() => {});
  await new Promise((done) => servers.pop()?.close(done));
  return url;
}

/** Serves a mirror on this machine; `answer` deals with GET requests, `gets` counts those of the same file. */
async function mirror(answer: Answer): Promise<Mirror> {
  const log: string[] = [];
  const counts = new Map<string, number>();
  const url = await listen((request, response) => {
    const name = (request.url ?? "").slice(1);
    log.push([request.method, name, request.headers.range].filter(Boolean).join(" "));
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    counts.set(name, (counts.get(name) ?? 0) + 1);
    answer(name, request, response, counts.get(name) ?? 0);
  });
  return { url, log };
}

/** Sends a file as a web server does, with ranges. */
const serve: Answer = (name, request, response) => {
  const bytes = PACKED.get(name);
  if (bytes === undefined) {
    response.writeHead(404).end("none");
    return;
  }
  const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  if (begin >= bytes.length) {
    response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
    return;
  }
  const rest = bytes.subarray(begin);
  const range = { "content-range": `bytes ${begin}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(begin > 0 ? 206 : 200, { "content-length": rest.length, ...(begin > 0 ? range : {}) });
  response.end(rest);
};

/** Connections to hang up on once the client has that many bytes of the file. */
let cuts: { bytes: number; response: ServerResponse }[] = [];

/** Promises the whole file, sends the first part, and hangs up. */
function cutOff(name: string, response: ServerResponse, bytes: number): void {
  const whole = PACKED.get(name) ?? Buffer.alloc(0);
  response.writeHead(200, { "content-length": whole.length });
  cuts.push({ bytes, response });
  response.write(whole.subarray(0, bytes));
}

function hangUp(_file: string, received: number): void {
  for (const cut of cuts) if (received >= cut.bytes) cut.response.destroy();
}

function options(...mirrors: Mirror[]) {
  return { folder, files: FILES, mirrors: mirrors.map(({ url }) => url), retryDelay: 1, onProgress: hangUp };
}

async function expectAllThere(): Promise<void> {
  expect((await readdir(folder)).sort()).toEqual(ALL_NAMES);
  for (const [name, bytes] of PACKED) expect(bytes.equals(await readFile(join(folder, name)))).toBe(true);
}

describe("downloadMnist", () => {
  it("fetches the four files, tells how far it is, and fetches nothing twice", async () => {
    const good = await mirror(serve);
    const last = new Map<string, [number, number | undefined]>();
    const onProgress = (file: string, received: number, total: number | undefined): void => {
      expect(received).toBeGreaterThanOrEqual(last.get(file)?.[0] ?? 0);
      last.set(file, [received, total]);
    };
    expect(await downloadMnist({ ...options(good), onProgress })).toBe(folder);
    await expectAllThere();
    const sizes = [...PACKED].map(([name, bytes]) => [name, [bytes.length, bytes.length]]);
    expect([...last]).toEqual(sizes);

    good.log.length = 0;
    await rm(join(folder, IMAGES));
    await downloadMnist(options(good));
    expect(good.log).toEqual([`HEAD ${IMAGES}`, `GET ${IMAGES}`]);
    await downloadMnist(options(good));
    expect(good.log.length).toBe(2);
    await expectAllThere();
  });

  it("makes the folder", async () => {
    const inside = join(folder, "a", "mnist");
    await downloadMnist({ ...options(await mirror(serve)), folder: inside });
    expect((await readdir(inside)).sort()).toEqual(ALL_NAMES);
  });

  it("goes on where it was cut off", async () => {
    const flaky = await mirror((name, request, response, gets) => {
      if (name === IMAGES && gets === 1) cutOff(name, response, 70_000);
      else serve(name, request, response, gets);
    });
    await downloadMnist(options(flaky));
    await expectAllThere();
    expect(flaky.log.filter((line) => line.startsWith(`GET ${IMAGES}`))).toEqual([
      `GET ${IMAGES}`,
      `GET ${IMAGES} bytes=70000-`,
    ]);
  });

  it("goes on at another mirror when one keeps breaking", async () => {
    const broken = await mirror((name, _, response) => {
      if (name === IMAGES) cutOff(name, response, 50_000);
      else response.writeHead(404).end();
    });
    const good = await mirror(serve);
    await downloadMnist({ ...options(broken, good), attempts: 3 });
    await expectAllThere();
    expect(broken.log.filter((line) => line.startsWith(`GET ${IMAGES}`)).length).toBe(3);
    expect(good.log).toContain(`GET ${IMAGES} bytes=50000-`);
  });

  it("goes on at the next call, and says why the first ended", async () => {
    const flaky = await mirror((name, request, response, gets) => {
      if (name === IMAGES && gets === 1) cutOff(name, response, 70_000);
      else serve(name, request, response, gets);
    });
    const total = PACKED.get(IMAGES)?.length;
    await expect(downloadMnist({ ...options(flaky), attempts: 1 })).rejects.toThrow(
      new RegExp(`^mnist: cannot be downloaded \\(127.0.0.1:\\d+: cut off at 70000 of ${total} bytes`),
    );
    expect((await readdir(folder)).sort()).toEqual([...ALL_NAMES.filter((n) => n !== IMAGES), `${IMAGES}.part`].sort());
    await downloadMnist(options(flaky));
    expect(flaky.log.at(-1)).toBe(`GET ${IMAGES} bytes=70000-`);
    await expectAllThere();
  });

  it("starts over when the server ignores ranges", async () => {
    await writeFile(join(folder, `${IMAGES}.part`), PACKED.get(IMAGES)?.subarray(0, 1000) ?? "");
    const plain = await mirror((name, _, response) => response.end(PACKED.get(name)));
    await downloadMnist(options(plain));
    expect(plain.log).toContain(`GET ${IMAGES} bytes=1000-`);
    await expectAllThere();
  });

  it("takes a part that is whole already", async () => {
    await writeFile(join(folder, `${IMAGES}.part`), PACKED.get(IMAGES) ?? "");
    await downloadMnist(options(await mirror(serve)));
    await expectAllThere();
  });

  it("throws away a part of something else, and starts over", async () => {
    await writeFile(join(folder, `${IMAGES}.part`), Buffer.alloc(5000, 1));
    const good = await mirror(serve);
    await downloadMnist(options(good));
    expect(good.log.slice(-2)).toEqual([`GET ${IMAGES} bytes=5000-`, `GET ${IMAGES}`]);
    await expectAllThere();
  });

  it("refuses another range than it asked for", async () => {
    await writeFile(join(folder, `${IMAGES}.part`), PACKED.get(IMAGES)?.subarray(0, 1000) ?? "");
    const odd = await mirror((name, _, response) => {
      const bytes = PACKED.get(name) ?? Buffer.alloc(0);
      response.writeHead(name === IMAGES ? 206 : 200, { "content-range": "bytes 500-1999/2000" }).end(bytes);
    });
    await expect(downloadMnist(options(odd))).rejects.toThrow("answered with another range");
  });

  it.each([
    ["404", (response: ServerResponse) => response.writeHead(404).end("none")],
    ["a page of text", (response: ServerResponse) => response.end("<html>Please log in</html>")],
    ["another gzip file", (response: ServerResponse) => response.end(gzipSync("other"))],
    ["far too much", (response: ServerResponse) => response.end(Buffer.alloc(3_000_000))],
    ["half a file without saying so", (response: ServerResponse, bytes: Buffer) => response.end(bytes.subarray(0, 40))],
  ])("goes to the next mirror after %s", async (_, answer) => {
    const bad = await mirror((name, _request, response) => answer(response, PACKED.get(name) ?? Buffer.alloc(0)));
    await downloadMnist(options(bad, await mirror(serve)));
    await expectAllThere();
    expect(bad.log.filter((line) => line.startsWith("GET")).length).toBe(4);
  });

  it("leaves nothing behind of wrong content, and names the hashes", async () => {
    const bad = await mirror((_name, _request, response) => response.end(gzipSync("other")));
    const failed = downloadMnist(options(bad));
    await expect(failed).rejects.toThrow(`expected content with SHA-256 ${FILES[0].sha256}, got`);
    await expect(failed).rejects.toMatchObject({ name: "DownloadError" });
    expect(await readdir(folder)).toEqual([]);
  });

  it("names every mirror when all fail", async () => {
    const none = await mirror((_name, _request, response) => response.writeHead(404).end());
    const broken = await mirror((_name, _request, response) => response.writeHead(503).end());
    await expect(downloadMnist({ ...options(none, broken), attempts: 2 })).rejects.toThrow(
      /^mnist: cannot be downloaded \(127\.0\.0\.1:\d+: answered 404; 127\.0\.0\.1:\d+: answered 503\)$/,
    );
    expect(broken.log.filter((line) => line.startsWith("GET")).length).toBe(2);
  });

  it("gives up on mirrors that don't answer, all at the same time", async () => {
    const silent = () => listen(() => {});
    const failed = downloadMnist({
      ...options(
        { url: await silent(), log: [] },
        { url: await closedUrl(), log: [] },
        { url: await silent(), log: [] },
      ),
      connectTimeout: 60,
    });
    await expect(failed).rejects.toThrow(
      /no answer within 0\.06 s; .*: connection refused; .*: no answer within 0\.06 s\)$/,
    );
    await expect(failed).rejects.toMatchObject({ name: "DownloadError" });
  });

  it("leaves a mirror that stops sending", async () => {
    const hanging = await mirror((name, _request, response) => {
      response.writeHead(200, { "content-length": PACKED.get(name)?.length });
      response.write(PACKED.get(name)?.subarray(0, 30));
    });
    await downloadMnist({ ...options(hanging, await mirror(serve)), attempts: 2, idleTimeout: 60 });
    await expectAllThere();
  });

  it("stays with a mirror that is slow but sends", async () => {
    const slow = await mirror(async (name, request, response, gets) => {
      const bytes = PACKED.get(name) ?? Buffer.alloc(0);
      if (name !== "t10k-labels-idx1-ubyte.gz") return serve(name, request, response, gets);
      for (let i = 0; i < bytes.length; i += 10) {
        response.write(bytes.subarray(i, i + 10));
        await new Promise((done) => setTimeout(done, 20));
      }
      response.end();
    });
    await downloadMnist({ ...options(slow), attempts: 1, idleTimeout: 2000 });
    await expectAllThere();
  });

  it("leaves the part and nothing else when aborted, and goes on later", async () => {
    const hanging = await mirror((name, request, response, gets) => {
      if (name !== IMAGES || gets > 1) return serve(name, request, response, gets);
      response.writeHead(200, { "content-length": PACKED.get(name)?.length });
      response.write(PACKED.get(name)?.subarray(0, 5000));
    });
    const controller = new AbortController();
    const onProgress = (file: string, received: number): void => {
      if (file === IMAGES && received >= 5000) controller.abort();
    };
    const failed = downloadMnist({ ...options(hanging), onProgress, signal: controller.signal });
    await expect(failed).rejects.toMatchObject({ name: "AbortError" });
    expect((await readdir(folder)).filter((name) => name.startsWith("train-images"))).toEqual([`${IMAGES}.part`]);
    await downloadMnist(options(hanging));
    expect(hanging.log.at(-1)).toBe(`GET ${IMAGES} bytes=5000-`);
    await expectAllThere();
  });

  it.each([false, true])("does nothing when aborted before or while it waits (%s)", async (later) => {
    const controller = new AbortController();
    const reason = new Error("stopped by the user");
    if (!later) controller.abort(reason);
    const bad = await mirror((_name, _request, response) => {
      response.writeHead(503).end();
      setTimeout(() => controller.abort(reason), 10);
    });
    const failed = downloadMnist({ ...options(bad), retryDelay: 30_000, signal: controller.signal });
    await expect(failed).rejects.toBe(reason);
  });

  it("says when the folder cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    const failed = downloadMnist({ ...options(await mirror(serve)), folder: join(folder, "file") });
    await expect(failed).rejects.toMatchObject({ name: "FileError" });
  });
});

async function writeAll(to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  for (const [name, bytes] of PACKED) await writeFile(join(to, name), bytes);
}

describe("findMnist and loadMnist", () => {
  const env = () => ({ CONVASM_DATA: join(folder, "data"), XDG_CACHE_HOME: join(folder, "cache") });

  it("looks in the data folder, then in the cache", async () => {
    expect(await findMnist({ env: env() })).toBeUndefined();
    await writeAll(join(folder, "cache", "convasm", "mnist"));
    expect(await findMnist({ env: env() })).toBe(join(folder, "cache", "convasm", "mnist"));
    await writeAll(join(folder, "data", "mnist"));
    expect(await findMnist({ env: env() })).toBe(join(folder, "data", "mnist"));
    await rm(join(folder, "data", "mnist", IMAGES));
    expect(await findMnist({ env: env() })).toBe(join(folder, "cache", "convasm", "mnist"));
  });

  it("loads both parts with the digits' names", async () => {
    await writeAll(folder);
    const { train, test, folder: from } = await loadMnist({ folder, env: env() });
    expect(from).toBe(folder);
    expect(train).toMatchObject({ name: "train", length: 200, shape: [28, 28, 1], classes: 10 });
    expect(test).toMatchObject({ name: "test", length: 20, classes: 10 });
    expect(test?.classNames?.join("")).toBe("0123456789");
    const expected = CONTENTS.get("train-images-idx3-ubyte")?.subarray(16) ?? new Uint8Array(0);
    expect(Buffer.from(train.images).equals(expected)).toBe(true);
  });

  it("looks nowhere else when a folder is given", async () => {
    await writeAll(join(folder, "data", "mnist"));
    await mkdir(join(folder, "empty"));
    const none = join(folder, "none");
    await expect(loadMnist({ folder: none, env: env() })).rejects.toThrow(
      `cannot read the folder ${JSON.stringify(none)}: no such file or folder`,
    );
    await expect(loadMnist({ folder: join(folder, "empty"), env: env() })).rejects.toThrow(
      "expected train-images-idx3-ubyte and train-labels-idx1-ubyte, plain or .gz, got no such pair of files",
    );
  });

  it("downloads only where it may", async () => {
    await expect(loadMnist({ env: env(), download: false })).rejects.toMatchObject({ name: "DownloadError" });
    expect(await readdir(folder)).toEqual([]);
    await expect(loadMnist({ env: env(), mirrors: [await closedUrl()] })).rejects.toThrow("connection refused");
  });
});

describe("loadIdxFolder", () => {
  it("takes plain files, and a folder without test files", async () => {
    for (const name of ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"]) {
      await writeFile(join(folder, name), CONTENTS.get(name) ?? "");
    }
    const { train, test } = await loadIdxFolder(folder);
    expect(train).toMatchObject({ length: 200, classes: 10, classNames: undefined });
    expect(test).toBeUndefined();
  });

  it("refuses a truncated file, naming it", async () => {
    await writeAll(folder);
    await writeFile(join(folder, IMAGES), PACKED.get(IMAGES)?.subarray(0, 90_000) ?? "");
    await expect(loadIdxFolder(folder)).rejects.toThrow(`${JSON.stringify(join(folder, IMAGES))}: expected whole gzip`);
  });

  it("refuses labels outside the classes", async () => {
    await writeAll(folder);
    await expect(loadIdxFolder(folder, { classes: 5 })).rejects.toThrow(
      'dataset "train": expected labels from 0 to 4, got 5 at index 5',
    );
  });

  const real = process.env.CONVASM_DATA
    ? join(process.env.CONVASM_DATA, "mnist")
    : resolve(import.meta.dirname, "../../../shared/data/mnist");
  const missing = !existsSync(real);
  if (missing) console.log(`the real MNIST is not tested: ${real} is not there`);
  it.skipIf(missing)("reads the real MNIST, and knows it by its labels", async () => {
    const { train, test } = await loadIdxFolder(real);
    expect([train.length, test?.length, train.classNames?.join("")]).toEqual([60_000, 10_000, "0123456789"]);
    expect([...(train.labels?.subarray(0, 8) ?? [])]).toEqual([5, 0, 4, 1, 9, 2, 1, 3]);
    expect([...(test?.labels?.subarray(0, 8) ?? [])]).toEqual([7, 2, 1, 0, 4, 1, 4, 9]);
  });
});

describe("cacheFolder", () => {
  it.each([
    [{}, "linux", "/home/ada", "/home/ada/.cache/convasm"],
    [{ XDG_CACHE_HOME: "/c" }, "linux", "/home/ada", "/c/convasm"],
    [{ XDG_CACHE_HOME: "relative" }, "linux", "/home/ada", "/home/ada/.cache/convasm"],
    [{}, "darwin", "/Users/ada", "/Users/ada/Library/Caches/convasm"],
    [{ LOCALAPPDATA: "/local" }, "win32", "/u", "/local/convasm"],
  ])("%j on %s", (env, platform, home, expected) => {
    expect(cacheFolder(env, platform, home)).toBe(expected);
  });
});
