import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];

const PAGE = `<!doctype html><link rel="icon" href="data:," /><title>convasm</title><output></output>
<script type="module" src="/page.js"></script>`;

const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm" };

/** The page's side: a Chromium with one page, which is cross-origin isolated where threads are to share memory. */
export class ChromiumContender {
  #browser;
  #server;
  #page;

  static async start({ isolated }) {
    const contender = new ChromiumContender();
    await contender.#start(isolated);
    return contender;
  }

  get name() {
    return `Chromium ${this.#browser.version()}`;
  }

  async #start(isolated) {
    this.#server = createServer((request, response) => answer(request, response, isolated ? ISOLATION : {}));
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
    if (!existsSync(executablePath))
      throw new Error(`expected a Chromium, got none at ${executablePath}: set $CHROMIUM`);
    this.#browser = await chromium.launch({ executablePath, args: ARGUMENTS });
    this.#page = await this.#browser.newPage();
    this.#page.on("console", (message) => process.stderr.write(`page: ${message.text()}\n`));
    await this.#page.goto(`http://127.0.0.1:${this.#server.address().port}/`);
    await this.#page.waitForFunction(() => document.title === "ready");
  }

  /** @param {import("./subject.js").Setting} setting */
  async prepare(setting) {
    const engine = await this.#page.evaluate((setting) => globalThis.contender.prepare(setting), setting);
    if (engine.replicas !== setting.replicas)
      throw new Error(`expected ${setting.replicas} replicas: ${engine.reason}`);
    if (engine.threads !== setting.threads) throw new Error(`expected ${setting.threads} threads: ${engine.reason}`);
  }

  /** @param {number} epochs @returns {Promise<import("./subject.js").Slice & { frames: number }>} */
  slice(epochs) {
    return this.#page.evaluate((epochs) => globalThis.contender.slice(epochs), epochs);
  }

  /** @returns {Promise<string>} */
  sha256() {
    return this.#page.evaluate(() => globalThis.contender.sha256());
  }

  /**
   * A slice that Chromium traces.
   *
   * @param {number} epochs
   * @returns {Promise<{ longestTask: number, framesPerSecond: number }>} milliseconds of the page's main thread
   */
  async watch(epochs) {
    await this.#browser.startTracing(this.#page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
    const { frames, seconds } = await this.slice(epochs);
    const { traceEvents } = JSON.parse((await this.#browser.stopTracing()).toString());
    return { longestTask: longestTask(traceEvents), framesPerSecond: frames / seconds };
  }

  /** Seconds of processor time so far, of the page's workers; NaN where the system does not tell. */
  processorSeconds() {
    const threads = workerThreads();
    if (threads.length === 0) return Number.NaN;
    return threads.reduce((sum, folder) => sum + Number(read(`${folder}/schedstat`).split(" ")[0]) / 1e9, 0);
  }

  async close() {
    await this.#browser?.close();
    this.#server?.close();
  }
}

async function answer({ url }, response, headers) {
  const { pathname } = new URL(url, "http://127.0.0.1");
  const [, folder, name] = /^\/(library\/)?([\w-]+\.\w+)?$/.exec(pathname) ?? [];
  const file = new URL(folder === undefined ? `./${name}` : `../../dist/browser/${name}`, import.meta.url);
  const content = pathname === "/" ? PAGE : name && (await readFile(fileURLToPath(file)).catch(() => undefined));
  response.writeHead(content === undefined ? 404 : 200, {
    "Content-Type": pathname === "/" ? "text/html" : (TYPES[extname(pathname)] ?? "text/plain"),
    ...headers,
  });
  response.end(content);
}

/** Milliseconds of the longest task of a page's main thread in a trace. */
function longestTask(events) {
  const threadOf = ({ pid, tid }) => `${pid} ${tid}`;
  const mains = new Set(
    events.filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain").map(threadOf),
  );
  const tasks = events.filter((event) => event.name.endsWith("RunTask") && mains.has(threadOf(event)));
  if (tasks.length === 0) throw new Error("expected tasks of the main thread in Chromium's trace, got none");
  return tasks.reduce((longest, { dur = 0 }) => Math.max(longest, dur / 1000), 0);
}

/** Folders of the threads that run the page's workers; none where there is no /proc. */
function workerThreads() {
  const found = [];
  if (!existsSync("/proc/self/schedstat")) return found;
  for (const pid of descendants(process.pid)) {
    for (const tid of namesIn(`/proc/${pid}/task`)) {
      const folder = `/proc/${pid}/task/${tid}`;
      if (read(`${folder}/comm`).startsWith("DedicatedWorker")) found.push(folder);
    }
  }
  return found;
}

/** Processes that a process has started, and theirs. */
function descendants(pid) {
  const children = namesIn(`/proc/${pid}/task`)
    .flatMap((tid) => read(`/proc/${pid}/task/${tid}/children`).split(" "))
    .filter((child) => child !== "");
  return children.flatMap((child) => [child, ...descendants(child)]);
}

// Processes and threads may end while they are looked at.

function namesIn(folder) {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
