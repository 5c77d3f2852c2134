// Pages that may do little: sandboxed frames, which have no origin, and pages whose policy forbids workers from a text.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeInChromium, openPage, useChromium } from "./chromium.ts";
import { DIST } from "./pages.ts";
import { type ServerOptions, startServer } from "./server.ts";

/** Trains in a session, whose worker may start others, and says how that went. */
const TRAIN = (replicas: number) => `
const { createDataset, createSession, dense, flatten } = convasm;
const images = Uint8Array.from({ length: 64 * 784 }, (_, i) => (i * 7919) % 256);
const labels = Uint8Array.from({ length: 64 }, (_, i) => i % 10);
const said = async () => {
  const session = await createSession();
  const model = await session.createModel({ input: [28, 28, 1], layers: [flatten(), dense({ units: 10 })] });
  const { replicas } = await model.compile({ optimizer: "sgd", loss: "softmaxCrossEntropy", replicas: ${replicas} });
  await (await model.fit(await session.addDataset(createDataset({ shape: [28, 28, 1], images, labels })))).finished;
  session.terminate();
  return "trained by " + replicas;
};
said().catch(String).then((text) => { document.body.textContent = text; parent.postMessage(text, "*"); });
`;

/** A page with the one file in it: a frame of no origin cannot load it from anywhere. */
function inlined(file: string, replicas: number): string {
  const library = readFileSync(join(DIST, file), "utf8").replace(/export const\[(.*?)\]=/, (_, names) => {
    return `const[${names.replaceAll(/(\w+)/g, "its_$1")}]=`;
  });
  const names = [...library.matchAll(/its_(\w+)/g)].map(([its, name]) => `${name}:${its}`);
  return `<!doctype html><body><script type="module">${library};{const convasm={${names}};${TRAIN(replicas)}}</script>`;
}

/** A page in whose body the frame's answer stands. */
const OUTER = `<!doctype html><link rel="icon" href="data:," /><body>
<script>addEventListener("message", ({ data }) => { document.body.textContent = data; });</script>
<iframe sandbox="allow-scripts" src="/inner.html"></iframe>`;

const LOADED = (library: string, replicas: number) =>
  `<!doctype html><link rel="icon" href="data:," /><body><script type="module">import * as convasm from "${library}";${TRAIN(replicas)}</script>`;

describeInChromium("a page that may do little", () => {
  const browser = useChromium();

  /** The last text of the page. */
  async function said(options: ServerOptions): Promise<string> {
    const server = await startServer(options);
    const { page, close } = await openPage(browser(), server.origin);
    const text = await page.waitForFunction(
      () => /trained|Error/.test(document.body.innerText) && document.body.innerText,
    );
    const answer = String(await text.jsonValue());
    await close();
    await server.close();
    return answer;
  }

  it.each([
    ["convasm.min.js", 1],
    ["convasm.full.min.js", 2],
  ])("trains in a sandboxed frame, by %s, in %i workers", async (file, replicas) => {
    const files = { "/index.html": OUTER, "/inner.html": inlined(file, replicas) };
    expect(await said({ files })).toBe(`trained by ${replicas}`);
  });

  it("says of the one file that workers from a text must be allowed, where the policy forbids them", async () => {
    const csp = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; worker-src 'self'";
    const folders = { "/dist/": DIST };
    expect(await said({ csp, folders, files: { "/index.html": LOADED("/dist/convasm.min.js", 1) } })).toMatch(
      /^RangeError: session: the worker did not start: .*Content Security Policy must allow blob: as worker-src, or the page take browser\/convasm\.js/,
    );
    // The advice is right.
    const advised = await said({ csp, folders, files: { "/index.html": LOADED("/dist/browser/convasm.js", 2) } });
    expect(advised).toBe("trained by 2");
    const allowed = csp.replace("worker-src 'self'", "worker-src blob:");
    expect(await said({ csp: allowed, folders, files: { "/index.html": LOADED("/dist/convasm.min.js", 1) } })).toBe(
      "trained by 1",
    );
  });
});
