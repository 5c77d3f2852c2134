#!/usr/bin/env node
try {
  // First, as it needs nothing else: it tells why the rest could not be read.
  const { troubleOf } = await import("../dist/cli/trouble.js");
  try {
    const { run } = await import("../dist/cli/main.js");
    await run(process.argv.slice(2));
  } catch (error) {
    const trouble = troubleOf(error);
    if (trouble === undefined) throw error;
    process.stderr.write(`convasm: ${trouble}\n`);
    process.exitCode = 2;
  }
} catch (error) {
  if (error?.code !== "ERR_MODULE_NOT_FOUND" || !error.message.includes("trouble.js")) throw error;
  process.stderr.write("convasm: not built yet: run `npm ci`, or `npm run build`, in the project's folder first\n");
  process.exitCode = 2;
}
