// The published package in what Next.js and webpack make of it. Both come from the npm registry when the test runs.

import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installedApp, removeFolder, temporaryFolder } from "../browser/pages.ts";
import { expectWorks, WORKS, writeServer } from "./server.ts";

const run = promisify(execFile);

/** Milliseconds that an installation or a build may take. */
const PATIENCE = 15 * 60_000;

const QUIET = { ...process.env, NEXT_TELEMETRY_DISABLED: "1", CI: "1", NODE_ENV: undefined };

/** True if the registry answers; npm knows its address. */
function hasRegistry(): boolean {
  try {
    execFileSync("npm", ["view", "next@16", "version", "--fetch-retries=0", "--fetch-timeout=20000"], {
      stdio: "ignore",
    });
    return true;
  } catch {
    console.log("skipped: Next.js and webpack, as the npm registry cannot be reached");
    return false;
  }
}

const isReached = hasRegistry();

let folder: string | undefined;
let app = "";
beforeAll(async () => {
  if (!isReached) return;
  folder = await temporaryFolder();
  const tools = join(folder, "tools");
  mkdirSync(tools);
  writeFileSync(join(tools, "package.json"), '{ "private": true }');
  const packages = ["next@16", "react@19", "react-dom@19", "webpack@5", "webpack-cli"];
  await run("npm", ["install", "--no-audit", "--no-fund", ...packages], { cwd: tools, timeout: PATIENCE });
  app = await installedApp(folder);
  // Real folders, as Turbopack follows no link out of its root.
  await run("cp", ["-rLn", `${app}/node_modules/.`, join(tools, "node_modules")]);
  await run("rm", ["-r", join(app, "node_modules")]);
  renameSync(join(tools, "node_modules"), join(app, "node_modules"));
  renameSync(join(tools, "package.json"), join(app, "package.json"));
  writeServer(app);
  writeNext(app);
}, PATIENCE);
afterAll(() => removeFolder(folder));

/** Pages and route handlers of Next.js that train on the server, and a page that has the library in the browser. */
function writeNext(root: string): void {
  const files = {
    "next.config.mjs": "export default { turbopack: { root: import.meta.dirname } };",
    "app/layout.js": 'export default ({ children }) => <html lang="en"><body>{children}</body></html>;',
    "app/page.js": 'import Trainer from "./trainer.js";\nexport default function Page() { return <Trainer />; }',
    "app/trainer.js": `"use client";
import { useEffect, useState } from "react";
import { createSession } from "convasm";
export default function Trainer() {
  const [engines, setEngines] = useState("");
  useEffect(() => void createSession().then(async (session) => setEngines(String(await session.engines()))), []);
  return <p>{engines}</p>;
}`,
    "app/api/route/route.js": `import { train } from "../../../train.js";
export const dynamic = "force-dynamic";
export const GET = async () => Response.json(await train());`,
    "pages/api/handler.js": `import { train } from "../../train.js";
export default async function handler(_, response) { response.json(await train()); }`,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Serves what was built and asks both handlers. */
async function answers(port: number): Promise<unknown[]> {
  const server = spawn(process.execPath, [join(app, "node_modules/next/dist/bin/next"), "start", "-p", String(port)], {
    cwd: app,
    env: QUIET,
    stdio: "ignore",
  });
  try {
    const origin = `http://127.0.0.1:${port}`;
    for (let i = 0; i < 100; i++) {
      if (
        await fetch(origin).then(
          () => true,
          () => false,
        )
      )
        break;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
    const ask = async (path: string) => (await fetch(`${origin}/api/${path}`)).json();
    return [await ask("route"), await ask("handler")];
  } finally {
    server.kill();
  }
}

describe.skipIf(!isReached)("by what comes from the registry,", () => {
  it("webpack for Node makes a program that runs where no package is", async () => {
    const path = join(folder ?? "", "webpack");
    const config = `module.exports = { mode: "production", target: "node", entry: "./server.js",
      output: { path: ${JSON.stringify(path)}, filename: "server.cjs" } };`;
    writeFileSync(join(app, "webpack.config.cjs"), config);
    const cli = join(app, "node_modules/webpack-cli/bin/cli.js");
    await run(process.execPath, [cli, "-c", "webpack.config.cjs"], { cwd: app, timeout: PATIENCE, env: QUIET });
    await expectWorks(path, "server.cjs");
  });

  it.each([
    ["Turbopack", [], 41_731],
    ["webpack", ["--webpack"], 41_732],
  ])("Next.js with %s ends its build and trains in handlers of both kinds", async (_, flags, port) => {
    const next = join(app, "node_modules/next/dist/bin/next");
    await run(process.execPath, [next, "build", ...flags], { cwd: app, timeout: PATIENCE, env: QUIET });
    expect(await answers(port)).toEqual([WORKS, WORKS]);
  });
});
