import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fetchBackbone, PUBLIC_BACKBONES } from "../../src/node/backbones.ts";
import { convasmHere } from "../cli/in-process.ts";

const CONTENT = Buffer.from("weights ".repeat(4000));
const folder = mkdtempSync(join(tmpdir(), "convasm-backbones-"));
const asked: string[] = [];
let isCut = true;
let address = "";

/** A server that knows ranges, and breaks its first answer off. */
const server = createServer((request, response) => {
  const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
  asked.push(`${request.url} ${begin}`);
  const range = { "content-range": `bytes ${begin}-${CONTENT.length - 1}/${CONTENT.length}` };
  response.writeHead(begin > 0 ? 206 : 200, { "content-length": CONTENT.length - begin, ...(begin > 0 && range) });
  if (!isCut) response.end(CONTENT.subarray(begin));
  else response.write(CONTENT.subarray(begin, 20_000), () => setTimeout(() => response.destroy(), 100));
  isCut = false;
});

beforeAll(async () => {
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address() as AddressInfo;
  address = `http://127.0.0.1:${port}/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it("fetches a network once, goes on where it broke off, and refuses another content", async () => {
  const sha256 = createHash("sha256").update(CONTENT).digest("hex");
  const backbone = { ...PUBLIC_BACKBONES[0], bytes: CONTENT.length, sha256, urls: [`${address}net.onnx`] };
  const path = join(folder, "inside", "net.onnx");
  const received: number[] = [];
  const options = { path, retryDelay: 1, onProgress: (bytes: number) => received.push(bytes) };
  expect(await fetchBackbone(backbone, options)).toEqual({ path, isNew: true });
  expect(readFileSync(path).equals(CONTENT)).toBe(true);
  expect(asked).toEqual(["/net.onnx 0", "/net.onnx 20000"]);
  expect(received.at(-1)).toBe(CONTENT.length);
  expect(await fetchBackbone(backbone, options)).toEqual({ path, isNew: false });
  expect(asked).toHaveLength(2);
  const other = { ...backbone, sha256: "0".repeat(64) };
  await expect(fetchBackbone(other, { path: join(folder, "b.onnx"), retryDelay: 1 })).rejects.toThrow(sha256);
});

it("is listed by the command, which says what is wrong", async () => {
  const env = { XDG_CACHE_HOME: folder, CONVASM_BACKBONES: address };
  const { code, stdout } = await convasmHere(["backbones", "--json"], { cwd: folder, env });
  expect(code).toBe(0);
  const lines = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(lines.map(({ name, sha256, path }) => [name, sha256, path])).toEqual(
    PUBLIC_BACKBONES.map(({ name, sha256 }) => [name, sha256, null]),
  );
  for (const { sha256, urls, licence } of PUBLIC_BACKBONES) {
    expect(sha256).toMatch(/^[0-9a-f]{64}$/);
    expect([licence, urls.every((url) => url.startsWith("https://"))]).toEqual(["Apache-2.0", true]);
  }
  for (const [words, message] of [
    [["backbones", "resnet81"], '"resnet81"; did you mean resnet18?'],
    [["train", "digits", "--backbone", "resnet18"], "resnet18, which is not in the cache; fetch it by"],
    [["backbones", "resnet18"], "127.0.0.1"],
  ] as const) {
    const { code: wrong, stderr } = await convasmHere(words, { cwd: folder, env });
    expect([wrong, stderr.trim().split("\n").length], stderr).toEqual([2, 1]);
    expect(stderr).toContain(message);
  }
});
