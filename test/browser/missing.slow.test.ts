import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { DIST } from "./pages.ts";
import { type ServerOptions, startServer } from "./server.ts";

/** The library, as the page has it. */
declare const convasm: typeof import("../../src/index.ts");

const FOLDER = join(DIST, "browser");
const PAGE = `<!doctype html><link rel="icon" href="data:," /><title>A page</title>
<script type="module">import * as convasm from "/lib/convasm.js"; globalThis.convasm = convasm;</script>`;

/** The build with separate files, without some of them. */
function filesWithout(...missing: string[]): Record<string, string | Uint8Array> {
  const names = readdirSync(FOLDER).filter((name) => !name.endsWith(".map") && !missing.includes(name));
  return Object.fromEntries(names.map((name) => [`/lib/${name}`, readFileSync(join(FOLDER, name))]));
}

describeInChromium("the build with separate files, on a server", () => {
  const browser = useChromium();

  /** Results of a model and a session there: `trained`, or the error. */
  async function said(options: ServerOptions) {
    const server = await startServer({ ...options, files: { "/index.html": PAGE, ...options.files } });
    const { page, noise, close } = await openPage(browser(), server.origin);
    await page.waitForFunction(() => "convasm" in globalThis);
    const answers = await page.evaluate(async () => {
      const { createModel, createSession, dense, digits, flatten } = convasm;
      const made = { input: [28, 28, 1] as const, layers: [flatten(), dense({ units: 10 })] };
      const compile = { engine: "simd", optimizer: "sgd", loss: "softmaxCrossEntropy" } as const;
      const here = async () => {
        const model = createModel(made);
        await model.compile(compile);
        await model.fit(digits({ count: 32, seed: 1 }));
      };
      const there = async () => {
        const session = await createSession();
        try {
          const model = await session.createModel(made);
          await model.compile({ ...compile, threads: 2 });
          await (await model.fit(await session.digits({ count: 32, seed: 1 }))).finished;
        } finally {
          session.terminate();
        }
      };
      const outcome = (work: Promise<void>) => work.then(() => "trained", String);
      return { here: await outcome(here()), there: await outcome(there()) };
    });
    await close();
    await server.close();
    return { ...answers, noise };
  }

  it.each(["application/octet-stream", "text/plain"])(
    "trains where wasm is called %s, with threads and without",
    async (wasmType) => {
      for (const isolated of [true, false]) {
        const answers = await said({ wasmType, isolated, files: filesWithout() });
        expect(answers).toEqual({ here: "trained", there: "trained", noise: [] });
      }
    },
  );

  it("says which wasm file is missing", async () => {
    const { here, there } = await said({ files: filesWithout("simd.wasm") });
    expect(here).toMatch(
      /^RangeError: engine: expected simd\.wasm at http:\/\/127\.0\.0\.1:\d+\/lib\/simd\.wasm, got 404 Not Found$/,
    );
    expect(there).toBe(here);
  });

  it("says which wasm file is a page, as servers of single-page apps answer", async () => {
    const { here, there } = await said({ files: { ...filesWithout(), "/lib/simd.wasm": PAGE }, wasmType: "text/html" });
    expect(here).toMatch(/^RangeError: engine: expected simd\.wasm at \S+, got something else$/);
    expect(there).toBe(here);
  });

  it("says that the worker's file is missing, and trains without one", async () => {
    const { here, there } = await said({ files: filesWithout("browser-worker.js") });
    expect(here).toBe("trained");
    expect(there).toMatch(
      /^RangeError: session: the worker did not start: its script could not be loaded: .*server must have that file/,
    );
  });
});

describeInChromium("the small build in one file", () => {
  const browser = useChromium();

  it("trains on digits and classifies them as they are, and says what prepares others as MNIST's were", async () => {
    const page = PAGE.replace("/lib/convasm.js", "/dist/convasm.min.js");
    const server = await startServer({ files: { "/index.html": page }, folders: { "/dist/": DIST } });
    const { page: opened, noise, close } = await openPage(browser(), server.origin);
    await opened.waitForFunction(() => "convasm" in globalThis);
    const answers = await opened.evaluate(async () => {
      const { createModel, createSession, dense, flatten, loadModel } = convasm;
      const made = createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
      await made.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy" });
      made.classNames = Array.from({ length: 10 }, (_, i) => String(i));
      const file = made.save();
      const picture = { data: new Uint8Array(40 * 30).fill(90), height: 40, width: 30, channels: 1 as const };
      const session = await createSession();
      const said: string[] = [];
      for (const model of [await loadModel(file), await session.loadModel(file)]) {
        said.push(
          await model
            .classify(picture, { topK: 1, prepare: "resize" })
            .then(([{ name }]) => `a class: ${/^\d$/.test(name)}`, String),
        );
        said.push(await model.classify(picture).then(() => "classified", String));
      }
      session.terminate();
      return said;
    });
    await close();
    await server.close();
    const error =
      'RangeError: prepareDigit: expected a build that knows digits, such as convasm.full.min.js, or prepare: "resize", got convasm.min.js';
    expect(answers).toEqual(["a class: true", error, "a class: true", error]);
    expect(noise).toEqual([]);
  });
});
