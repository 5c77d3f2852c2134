// Failing machines, and hosts that give no permission: one line each.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { errorLine, exitCodeOf } from "../../src/cli/command-error.ts";
import { HostError } from "../../src/errors.ts";
import { CONVASM, cleanEnvironment } from "./process.ts";

const folder = mkdtempSync(join(tmpdir(), "convasm-trouble-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** An error as hosts make them. */
function hostError(message: string, more: Record<string, unknown> = {}): Error {
  return Object.assign(new Error(message), more);
}

describe("what one line says of an error of the host", () => {
  it.each([
    [
      // Deno 2.
      hostError('Requires env access to "LC_ALL", run again with the --allow-env flag', { name: "NotCapable" }),
      'convasm: expected a permission: Requires env access to "LC_ALL", run again with the --allow-env flag',
    ],
    [
      // Deno 1.
      hostError('Requires read access to "/a", run again with the --allow-read flag', { name: "PermissionDenied" }),
      'convasm: expected a permission: Requires read access to "/a", run again with the --allow-read flag',
    ],
    [
      // Node's permission model.
      hostError("Access to this API has been restricted", {
        code: "ERR_ACCESS_DENIED",
        permission: "FileSystemRead",
        resource: "/a/b",
      }),
      'convasm: expected a permission FileSystemRead to "/a/b", got none: Access to this API has been restricted',
    ],
    [
      hostError("engine: a thread did not start: Access to this API has been restricted. Use --allow-worker"),
      /^convasm: expected a permission, got none: engine: .* Use --allow-worker$/,
    ],
    [
      hostError("EMFILE: too many open files, open 'a'", { code: "EMFILE" }),
      /^convasm: expected more file handles, got none: EMFILE: too many open files, open 'a'/,
    ],
    [hostError("engine: a thread did not start: Worker initialization failure: EMFILE"), /expected more file handles/],
    [
      new RangeError("Array buffer allocation failed"),
      /^convasm: expected more free memory, got none: Array buffer allocation failed/,
    ],
    [
      new RangeError("WebAssembly.instantiate(): Out of memory: Cannot allocate Wasm memory for new instance"),
      /^convasm: expected more free memory, got none: WebAssembly/,
    ],
    [hostError("Worker terminated due to reaching memory limit: JS heap out of memory"), /expected more free memory/],
    [
      new HostError("engine", "expected 9 MiB of free memory, got none", "no-memory", {
        advice: "try a smaller batch",
      }),
      /^convasm: engine: expected 9 MiB of free memory, got none; try a smaller batch/,
    ],
  ])("%s", (error, line) => {
    expect(errorLine(error)).toMatch(line);
    expect(errorLine(error)).not.toContain("internal error");
    expect(exitCodeOf(error)).toBe(2);
  });

  it("does not excuse a mistake in the program", () => {
    expect(errorLine(new TypeError("x is not a function"))).toContain("internal error");
    expect(exitCodeOf(hostError("Requires more thought", { name: "PermissionDenied" }))).toBe(1);
  });
});

describe.skipIf(process.platform === "win32")("under a shell's limits", () => {
  function limited(limit: string, words: string) {
    const command = `ulimit ${limit} && exec "${process.execPath}" "${CONVASM}" ${words}`;
    return spawnSync("bash", ["-c", command], { cwd: folder, env: cleanEnvironment(folder), encoding: "utf8" });
  }

  // Node 22 and later read one module after the other and need fewer handles than Node 20, which reads all at once.
  it.each([24, 28, 34])("%d file handles are enough for its own modules, or it says so in one line", (limit) => {
    const { status, stdout, stderr } = limited(`-n ${limit}`, "--version");
    if (status === 0) expect(stdout).toMatch(/^[\d.]+\n$/);
    else expect(stderr).toMatch(/^convasm: expected more file handles, got none: .*ulimit -n\)\n$/);
    const manyAtOnce = Number(process.versions.node.split(".")[0]) < 22;
    expect(status).toBe(manyAtOnce ? 2 : 0);
  });

  it("memory that is not there is one line", () => {
    const network = join(folder, "large.json");
    writeFileSync(network, '{"layers": [{"type": "flatten"}, {"type": "dense", "units": 220000}]}');
    const { status, stderr } = limited("-v 3000000", `train digits --limit 64 --model ${network}`);
    expect(stderr).toMatch(/^convasm: .*expected .* free memory, got none.*\n$/);
    expect(status).toBe(2);
  });
});
