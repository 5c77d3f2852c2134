import { mkdtemp, open, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { encodeSafetensors } from "../../src/formats/safetensors.ts";
import { readSafetensors } from "../../src/node/safetensors.ts";

let folder = "";
let path = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convasm-safetensors-"));
  path = join(folder, "model.safetensors");
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const tensors = new Map([
  ["weight", { dtype: "F32" as const, shape: [2, 2], data: Float32Array.of(1, 2, 3, 4) }],
  ["bias", { dtype: "F32" as const, shape: [1], data: Float32Array.of(-0.5) }],
]);

it("reads a file of tensors and its metadata", async () => {
  await writeFile(path, encodeSafetensors(tensors, { format: "convasm" }));
  expect(await readSafetensors(path)).toEqual({ tensors, metadata: { format: "convasm" } });
});

/** A file that claims `size` bytes but takes none: only its first bytes are written. */
async function sparse(start: Uint8Array, size: number): Promise<void> {
  const handle = await open(path, "w");
  await handle.write(start);
  await handle.truncate(size);
  await handle.close();
}

it("refuses a header of 10 GB without reading it", async () => {
  const start = new Uint8Array(8);
  new DataView(start.buffer).setBigUint64(0, 10_000_000_000n, true);
  await sparse(start, 200_000_000);
  const before = process.memoryUsage().arrayBuffers;
  await expect(readSafetensors(path)).rejects.toThrow(
    new RangeError(
      `safetensors ${JSON.stringify(path)}: expected a header of at most 100000000 bytes, got 10000000000`,
    ),
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(1_000_000);
});

it("refuses data that the header doesn't describe, without reading it", async () => {
  const start = new Uint8Array(10);
  start[0] = 2;
  start.set([0x7b, 0x7d], 8);
  await sparse(start, 500_000_000);
  await expect(readSafetensors(path)).rejects.toThrow("expected 0 bytes of data, got 499999990");
});

it("refuses a file above its limit", async () => {
  await sparse(new Uint8Array(8), 5 * 2 ** 30);
  await expect(readSafetensors(path)).rejects.toThrow("expected a file of at most 4294967296 bytes, got 5368709120");
});

it("says what is wrong with the path or a short file", async () => {
  await expect(readSafetensors(path)).rejects.toThrow(`cannot read ${JSON.stringify(path)}: no such file or folder`);
  await expect(readSafetensors(folder)).rejects.toThrow("is a folder");
  await writeFile(path, "abc");
  await expect(readSafetensors(path)).rejects.toThrow("expected at least 10 bytes, got 3");
  await writeFile(path, "");
  await expect(readSafetensors(path)).rejects.toThrow("expected at least 10 bytes, got 0");
});
