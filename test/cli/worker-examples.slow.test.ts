// Examples of the help texts that want a server of a queue work as they stand there, with the address of one that the test starts.

import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SERVER, TestServer } from "../search/redis-server.ts";
import { SERVED } from "./help-examples.ts";
import { convasm, temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
afterAll(remove);

describe.skipIf(SERVER === undefined)("with a server", () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await TestServer.start("secret");
    mkdirSync(join(cwd, "pets"));
  });
  afterAll(() => server?.stop());

  it.each(SERVED)("%s", async (example) => {
    const words = example
      .replace(/ --idle \d+/, "")
      .replace(/rediss?:\S+/, server.url)
      .replace("/mnt/pets", join(cwd, "pets"))
      .split(" ")
      .slice(1);
    const { code, stderr, stdout } = await convasm([...words, "--idle", "1"], {
      cwd,
      env: { CONVASM_QUEUE: server.url },
    });
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).not.toBe("");
  });
});
