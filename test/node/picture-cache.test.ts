import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { resizeSamples } from "../../src/data/image.ts";
import { setPictureDecoder } from "../../src/data/picture-decoder.ts";
import type { ReadDataOptions } from "../../src/data/read/options.ts";
import { readDataFiles } from "../../src/data/read/read-files.ts";
import { loadDataFiles, openDataFiles } from "../../src/node/data-files.ts";
import { decodeImage } from "../../src/node/image.ts";
import { PICTURES_VERSION, PictureFiles } from "../../src/node/picture-cache.ts";
import { writeClasses } from "../cli/class-folders.ts";
import { zip } from "../cli/zip-writer.ts";
import { encodePng } from "../data/png-writer.ts";
import * as pictures from "./pictures.ts";

let root = "";
const decode = vi.fn(decodeImage);

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "convasm-cache-"));
  setPictureDecoder(decode);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** A folder of four pictures to train on, one in 16 bits and one broken, and two for validation. */
function photos(name: string): string {
  const folder = join(root, name);
  writeClasses(join(folder, "train"), { cat: 2, dog: 2 });
  writeClasses(join(folder, "val"), { cat: 1, dog: 1 }, { seed: 2 });
  const deep = encodePng({
    width: 8,
    height: 8,
    depth: 16,
    colourType: 4,
    sample: (x, y, s) => (s ? 65535 - y : 400 * x),
  });
  writeFileSync(join(folder, "train/dog/deep.png"), deep);
  writeFileSync(join(folder, "train/dog/broken.png"), "no picture");
  writeFileSync(join(folder, "notes.cfg"), "beside the data");
  return folder;
}

/** Reads a folder or archive with a cache in the folder `cache`, and counts the pictures that were decoded. */
async function reading(
  path: string,
  options: ReadDataOptions & { readonly streaming?: false } = {},
  cache = new PictureFiles(join(root, "cache")),
) {
  decode.mockClear();
  const data = await readDataFiles(await openDataFiles(path), { skipBroken: true, stretch: true, ...options }, cache);
  return { data, decoded: decode.mock.calls.length };
}

const names = (folder: string) => readdirSync(join(root, folder)).filter((name) => name.endsWith(".pictures"));

/** The cache's files, one name of each. */
function kept(folder: string): string[] {
  const inodes = new Map(names(folder).map((name) => [statSync(join(root, folder, name)).ino, name]));
  return [...inodes.values()];
}

describe("decoded pictures", () => {
  it("are taken from the cache as they were read, with all notes", async () => {
    const folder = photos("first");
    const without = await readDataFiles(await openDataFiles(folder), { skipBroken: true, stretch: true });
    const first = await reading(folder);
    expect([first.decoded, first.data]).toEqual([8, without]);
    const { data, decoded } = await reading(folder);
    expect(decoded).toBe(0);
    expect(data).toEqual({ ...without, cached: true });
    expect(data.notes.join()).toMatch(/16 bits.*left out what cannot be read: 1 no picture.*left out 1 other file/s);
    expect(data.test).toBe(data.validation);
    const { images, labels } = { labels: undefined, ...data.train };
    expect(new Set([images?.buffer, labels?.buffer, data.test?.images.buffer]).size).toBe(3);
  });

  it("are told by settings, names and bytes, wherever they lie", async () => {
    const folder = photos("told");
    await reading(folder);
    for (const options of [{ size: [4, 4] }, { channels: 3 }, { stretch: "former" }] as const)
      expect(await reading(folder, options)).toMatchObject({ decoded: 8 });
    // The same, said by numbers.
    expect((await reading(folder, { size: "auto" })).decoded).toBe(8);
    expect(await reading(folder, { size: [8, 8], channels: 1 })).toMatchObject({ decoded: 0 });
    // What is done later does not matter.
    expect(await reading(folder, { splitSeed: 3, stretch: false })).toMatchObject({ decoded: 0 });
    const place = join(root, "elsewhere");
    mkdirSync(place);
    renameSync(folder, join(place, "told"));
    expect(await reading(join(place, "told"))).toMatchObject({ decoded: 0 });
    const picture = join(place, "told/train/cat/000.png");
    writeFileSync(picture, readFileSync(join(place, "told/train/cat/001.png")));
    expect(await reading(join(place, "told"))).toMatchObject({ decoded: 8 });
    renameSync(picture, join(place, "told/train/dog/010.png"));
    expect(await reading(join(place, "told"))).toMatchObject({ decoded: 8 });
    rmSync(join(place, "told/notes.cfg"));
    const { data } = await reading(join(place, "told"));
    expect(data.notes.join()).not.toContain("other file");
  });

  it("of an archive are kept, too", async () => {
    const path = join(root, "photos.zip");
    const file = (name: string) => readFileSync(join(root, "first/train", name));
    writeFileSync(path, zip({ "cat/1.png": file("cat/000.png"), "dog/1.png": file("dog/000.png") }));
    const first = await reading(path);
    expect([first.decoded, first.data.cached]).toEqual([2, undefined]);
    expect(await reading(path)).toEqual({ decoded: 0, data: { ...first.data, cached: true } });
  });

  it("are decoded anew where the file of the cache is damaged", async () => {
    const path = join(root, "photos.zip");
    const cache = () => new PictureFiles(join(root, "damaged"));
    const { data } = await reading(path, {}, cache());
    const [name] = kept("damaged");
    const whole = readFileSync(join(root, "damaged", name));
    const changed = Buffer.from(whole);
    changed[whole.length >> 1] ^= 1;
    const digest = createHash("sha256").update("nothing").digest();
    for (const bytes of [
      changed,
      whole.subarray(0, 100),
      Buffer.alloc(0),
      Buffer.concat([digest, Buffer.from("nothing")]),
    ]) {
      writeFileSync(join(root, "damaged", name), bytes);
      expect(await reading(path, {}, cache())).toEqual({ decoded: 2, data });
      expect(readFileSync(join(root, "damaged", name))).toEqual(whole);
    }
  });

  it("go when there is no more room, those first that were not used for the longest time", async () => {
    const cache = (limits: object) => new PictureFiles(join(root, "small"), limits);
    const path = join(root, "photos.zip");
    const size = (side: number) => ({ size: [side, side] }) as const;
    for (const side of [4, 5, 6]) await reading(path, size(side), cache({ maxFiles: 3 }));
    for (const [i, name] of names("small").entries()) utimesSync(join(root, "small", name), i, i);
    // Used again, so it is not the oldest any more.
    for (const side of [4, 5]) expect((await reading(path, size(side), cache({}))).decoded).toBe(0);
    await reading(path, size(7), cache({ maxFiles: 3 }));
    expect(kept("small")).toHaveLength(3);
    for (const side of [4, 5, 7]) expect((await reading(path, size(side), cache({}))).decoded).toBe(0);
    const sizes = kept("small").map((name) => statSync(join(root, "small", name)).size);
    const limits = { maxBytes: Math.max(...sizes) + 200 };
    await reading(path, size(8), cache(limits));
    expect(kept("small")).toHaveLength(1);
    // Larger than all the room.
    await reading(path, size(64), cache(limits));
    expect((await reading(path, size(64), cache({}))).decoded).toBe(2);
  });

  it("are read without a cache where its folder cannot be made", async () => {
    writeFileSync(join(root, "file"), "");
    const cache = new PictureFiles(join(root, "file", "pictures"));
    expect((await reading(join(root, "photos.zip"), {}, cache)).data.train?.length).toBe(2);
  });

  it("are kept by loadDataFiles only where it is asked to", async () => {
    vi.stubEnv("XDG_CACHE_HOME", join(root, "home"));
    const path = join(root, "photos.zip");
    const again = async (options: object) => (await loadDataFiles(path, options)).cached;
    expect([await again({}), await again({ cache: false }), await again({ cache: true })]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([await again({ cache: true }), await again({})]).toEqual([true, undefined]);
    expect(kept("home/convasm/pictures")).toHaveLength(1);
    await expect(again({ cache: "yes" })).rejects.toThrow('readData: expected cache to be true or false, got "yes"');
    vi.unstubAllEnvs();
  });

  it("have a new version when decoding or stretching give other pixels", async () => {
    const hash = createHash("sha256");
    for (const [name, bytes] of Object.entries(pictures)) {
      if (!(bytes instanceof Uint8Array)) continue;
      const image = await decodeImage(bytes, name, { maxBytes: 2 ** 20 });
      hash.update(resizeSamples(image, 5, 7, 3).images);
    }
    // With another sum PICTURES_VERSION has to be another number, too.
    expect([PICTURES_VERSION, hash.digest("hex")]).toEqual([
      1,
      "ffaca8dfaba988959b49a1174f857bcbfe6d42f2df7c5114fa0081b284701731",
    ]);
  });
});
