import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { downloadFile } from "../../src/node/download.ts";

const RIGHT = Buffer.from("the right file, 27 bytes ...".slice(0, 27));

let folder = "";
let server: Server | undefined;
let body: Buffer = RIGHT;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "convasm-download-"));
  body = RIGHT;
});

afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Downloads from a server that knows ranges, but does not tell how long its answer is. */
async function download(): Promise<void> {
  server?.close();
  const made = createServer((request, response) => {
    const begin = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (begin >= body.length) response.writeHead(416);
    else if (begin > 0) response.writeHead(206, { "content-range": `bytes ${begin}-${body.length - 1}/*` });
    response.write(body.subarray(begin));
    response.end();
  });
  server = made;
  await new Promise<void>((done) => made.listen(0, "127.0.0.1", done));
  const address = made.address();
  if (address === null || typeof address === "string") throw new Error("expected a port");
  await downloadFile({
    urls: [`http://127.0.0.1:${address.port}/file`],
    path: join(folder, "file"),
    maxBytes: RIGHT.length,
    retryDelay: 1,
    check: (bytes) => {
      if (!RIGHT.equals(bytes)) throw new Error("it is another file");
    },
  });
}

it.each([RIGHT.length + 1, 10_000])(
  "begins anew where %d bytes, more than the file can have, were left before",
  async (bytes) => {
    await writeFile(join(folder, "file.part"), Buffer.alloc(bytes, 1));
    await download();
    expect(await readFile(join(folder, "file"))).toEqual(RIGHT);
    expect(await readdir(folder)).toEqual(["file"]);
  },
);

it("is not spoiled by an answer that was too long", async () => {
  body = Buffer.alloc(10_000, 2);
  await expect(download()).rejects.toThrow("expected at most 27 bytes, got more");
  expect(await readFile(join(folder, "file.part"))).toHaveLength(0);
  body = RIGHT;
  await download();
  expect(await readFile(join(folder, "file"))).toEqual(RIGHT);
});
