import { describe, expect, it } from "vitest";
import { asBytes } from "../../src/numeric/array-kinds.ts";
import { memoriesOf, withOwnArrays } from "../../src/worker/arrays.ts";
import { createHost } from "../../src/worker/host.ts";
import type { CallMessage, ToPage } from "../../src/worker/protocol.ts";
import { SESSION } from "../../src/worker/protocol.ts";
import { inputs } from "../data/read/files.ts";
import { compiledIn, DATA, session } from "./sessions.ts";

/** A host's answer to a call of the session's methods. */
function answerTo(call: Pick<CallMessage, "method"> & Partial<CallMessage>): Promise<ToPage> {
  return new Promise((resolve) => {
    createHost({ post: resolve })({ type: "call", id: 1, target: SESSION, arguments: [], ...call });
  });
}

describe("a call", () => {
  it("reaches methods of the object alone", async () => {
    expect(await answerTo({ method: "engines" })).toMatchObject({
      type: "result",
      value: expect.arrayContaining(["js"]),
    });
    for (const method of ["constructor", "kind", "toString", "__proto__", "none"]) {
      const message = `session: expected a method of a session, got ${method}`;
      expect(await answerTo({ method })).toMatchObject({ type: "error", id: 1, error: { message } });
    }
  });

  it("of an object that there is not is refused by its kind", async () => {
    const message = "session: expected a model that is in use, got one that was disposed of";
    const answer = await answerTo({ target: { handle: "model", number: 7 }, method: "summary" });
    expect(answer).toMatchObject({ type: "error", id: 1, error: { message } });
  });

  it("fails once its object was disposed of, and disposing twice does not", async () => {
    const made = await session();
    const [model, data] = [await compiledIn(made), await made.addDataset(DATA)];
    await model.dispose();
    await model.dispose();
    await expect(model.summary()).rejects.toThrow("expected a model that is in use");
    await data.dispose();
    await expect(data.images([0])).rejects.toThrow("expected a data set that is in use");
  });

  it("tells how far it is to a function that stays in the page", async () => {
    const made = await session();
    const progress: unknown[][] = [];
    const files = inputs("pictures/train");
    const { train } = await made.readData(files, { onProgress: (...figures) => progress.push(figures) });
    expect(train?.length).toBe(files.length);
    expect(files.every(({ bytes }) => asBytes(bytes)?.length !== 0)).toBe(true);
    expect(progress.at(-1)).toEqual([files.length, files.length]);
  });

  it("takes no data set of another session", async () => {
    const [one, other] = [await session(), await session()];
    const model = await compiledIn(one);
    const data = await other.addDataset(DATA);
    await expect(model.evaluate(data)).rejects.toThrow("evaluate: expected a data set of this session");
  });
});

describe("arrays on their way", () => {
  it("are copies of what they show, at any depth, of the same kind", () => {
    const memory = new ArrayBuffer(64);
    const value = {
      bytes: new Uint8Array(memory, 4, 3),
      list: [
        new Uint8ClampedArray(memory, 8, 2),
        { floats: new Float32Array(memory, 16, 5), labels: new Uint16Array(3) },
      ],
      buffer: Buffer.from("abc"),
      file: new Blob(["abc"]),
    };
    const own = withOwnArrays(value);
    expect(own).toEqual({ ...value, buffer: Uint8Array.from(value.buffer) });
    expect([...memoriesOf(own)].map(({ byteLength }) => byteLength).sort()).toEqual([2, 20, 3, 3, 6]);
    expect(memoriesOf(own).has(memory)).toBe(false);
    expect(Reflect.get(Object(own), "file")).toBe(value.file);
  });
});
