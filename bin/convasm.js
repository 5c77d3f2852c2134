#!/usr/bin/env node
import { existsSync } from "node:fs";

const main = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(main)) {
  const { run } = await import(main.href);
  await run(process.argv.slice(2));
} else {
  process.stderr.write("convasm: not built yet: run `npm ci`, or `npm run build`, in the project's folder first\n");
  process.exitCode = 2;
}
