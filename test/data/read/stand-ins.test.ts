import { describe, expect, it } from "vitest";
import { readData } from "../../../src/data/read-data.ts";
import { loadModel } from "../../../src/training/load-model.ts";
import { inputs, refusal } from "./files.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

const POINTER = `version https://git-lfs.github.com/spec/v1
oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393
size 12345
`;

const STAND_INS: [what: string, text: string, told: string][] = [
  [
    "an HTML page",
    '<!DOCTYPE html>\n<html lang="en"><title>404</title></html>',
    "an HTML page, as servers send in place of a file",
  ],
  [
    "an HTML page without a type",
    "\r\n  <html><body>Sign in</body></html>",
    "an HTML page, as servers send in place of a file",
  ],
  [
    "an error of a store",
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code></Error>',
    "an XML document, as servers send in place of a file",
  ],
  ["a Git LFS pointer", POINTER, "a Git LFS pointer, which `git lfs pull` replaces by the file itself"],
];

describe.each(STAND_INS)("%s in place of a file", (_, text, told) => {
  it.each(["mnist.npz", "x_train.npy", "data.h5", "train.csv", "data_batch_1.bin", "data.zip", "data.tar.gz", "data"])(
    "is called that, where the file is called %s",
    async (name) => {
      expect(await refusal([{ name, bytes: bytes(text) }])).toBe(
        `readData ${JSON.stringify(name)}: expected data, got ${told}`,
      );
    },
  );

  it("is called that beside other data, among IDX files, as a picture, and as a model", async () => {
    const [train] = inputs("plain.csv");
    expect(await refusal([train, { name: "test.csv", bytes: bytes(text) }])).toContain(
      `"test.csv": expected data, got ${told}`,
    );
    expect(await refusal([train, { name: "train-images-idx3-ubyte.gz", bytes: bytes(text) }])).toContain(told);
    for (const name of ["pets/cat/1.png", "pets/cat/1.jpg"]) {
      const pictures = [name, name.replace("cat", "dog")].map((each) => ({ name: each, bytes: bytes(text) }));
      expect(await refusal(pictures)).toContain(told);
    }
    await expect(loadModel(bytes(text))).rejects.toThrow(`expected a safetensors file, got ${told}`);
  });
});

it("a page beside the data, which goes with it, is none of that", async () => {
  const [train] = inputs("plain.csv");
  const { train: read } = await readData([train, { name: "README.html", bytes: bytes("<!doctype html><p>About</p>") }]);
  expect(read?.length).toBe(8);
});

it("images of one class are said to be that", async () => {
  const { notes } = await readData([{ name: "one.csv", bytes: bytes("label,a,b,c,d\n3,1,2,3,4\n3,5,6,7,8\n") }]);
  expect(notes).toEqual(['all images to train on are of one class, "3": there is nothing to tell apart']);
});

it("a flipped bit in a stored .npz file is noticed, wherever it is in an array", async () => {
  const [{ name, bytes: whole }] = inputs("stored.npz");
  if (!(whole instanceof Uint8Array)) throw new Error("expected bytes");
  let noticed = 0;
  const { train } = await readData([{ name, bytes: whole }]);
  for (let at = 100; at < whole.length - 300; at += 41) {
    const damaged = whole.slice();
    damaged[at] ^= 4;
    const read = await readData([{ name, bytes: damaged }]).catch((error: unknown) => error);
    if (read instanceof Error) noticed += 1;
    // What is no array's: dates, and fields that say things twice.
    else expect(read, `byte ${at}`).toMatchObject({ train: { images: train?.images, labels: train?.labels } });
  }
  expect(noticed).toBeGreaterThan(10);
});
