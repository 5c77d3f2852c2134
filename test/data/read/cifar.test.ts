import { describe, expect, it } from "vitest";
import { readData } from "../../../src/data/read-data.ts";
import { inputs, pixels, read, refusal, TEST_LABELS, TRAIN_LABELS } from "./files.ts";

describe("CIFAR", () => {
  it("reads CIFAR-10 as it comes, in a packed tar archive", async () => {
    const { train, test, format } = await read("cifar-10.tar.gz");
    expect(format).toBe("CIFAR-10");
    expect(train?.shape).toEqual([32, 32, 3]);
    expect(train?.images).toEqual(Uint8Array.from(pixels(0, 6, 32, 32, 3)));
    expect(test?.images).toEqual(Uint8Array.from(pixels(6, 8, 32, 32, 3)));
    expect([...(train?.labels ?? [])]).toEqual(TRAIN_LABELS);
    expect([...(test?.labels ?? [])]).toEqual(TEST_LABELS);
    expect(train?.classNames).toEqual(Array.from({ length: 10 }, (_, i) => `class ${i}`));
  });

  it("reads CIFAR-100 with its fine labels, or the coarse ones", async () => {
    const fine = await read("cifar-100.zip");
    expect(fine.format).toBe("CIFAR-100");
    expect([...(fine.train?.labels ?? [])]).toEqual(TRAIN_LABELS.map((label) => 30 * label));
    expect(fine.train?.classNames?.[99]).toBe("fine 99");
    expect(fine.test?.images).toEqual(Uint8Array.from(pixels(6, 8, 32, 32, 3)));
    const coarse = await read("cifar-100.zip", { labels: "coarse" });
    expect([...(coarse.train?.labels ?? [])]).toEqual(TRAIN_LABELS);
    expect(coarse.train?.classNames?.[19]).toBe("coarse 19");
  });

  it("reads a single batch, with numbers for the names", async () => {
    const { train, test } = await readData([{ name: "data_batch_1.bin", bytes: new Uint8Array(2 * 3073) }]);
    expect([train?.length, test, train?.classes, train?.classNames?.[9]]).toEqual([2, undefined, 10, "9"]);
  });

  it("refuses labels beyond its classes, other sizes and other names", async () => {
    const batch = (records: number) => new Uint8Array(records * 3073);
    const wrong = batch(2);
    wrong[3073] = 10;
    expect(await refusal([{ name: "a.bin", bytes: wrong }])).toEqual(
      expect.stringContaining('readCifar "a.bin": expected labels from 0 to 9, got 10 at image 1'),
    );
    expect(await refusal([{ name: "a.bin", bytes: batch(2).subarray(1) }])).toMatch(
      /expected files of one known format/,
    );
    const names = { name: "batches.meta.txt", bytes: new TextEncoder().encode("one\ntwo\n") };
    expect(await refusal([{ name: "a.bin", bytes: batch(1) }, names])).toMatch(
      /10 names of classes, one a line, got 2/,
    );
  });

  it("loses no batch without a word", async () => {
    const batch = (label: number) => new Uint8Array(2 * 3073).fill(label, 0, 1).fill(label, 3073, 3074);
    const files = (damaged: Uint8Array) => [
      { name: "c/data_batch_1.bin", bytes: batch(1) },
      { name: "c/data_batch_2.bin", bytes: damaged },
      { name: "c/data_batch_3.bin", bytes: batch(3) },
    ];
    const beyond = batch(2).fill(200, 3073, 3074);
    for (const damaged of [batch(2).subarray(0, 6000), batch(2).fill(99, 0, 1), new Uint8Array(0), beyond]) {
      expect(await refusal(files(damaged))).toMatch(/"c\/data_batch_2.bin".*; --skip-broken \(skipBroken\)/);
      const { train, notes } = await readData(files(damaged), { skipBroken: true });
      expect([...(train?.labels ?? [])]).toEqual([1, 1, 3, 3]);
      expect(train?.images.length).toBe(4 * 3072);
      expect(notes.some((note) => /^left out what cannot be read: .*data_batch_2.bin/.test(note))).toBe(true);
    }
    const { train, notes } = await readData(files(batch(2)).filter((_, i) => i !== 1));
    expect(train?.length).toBe(4);
    expect(notes).toEqual(["of the batches to train on, data_batch_2 is not there"]);
  });

  it("refuses archives that are cut off or damaged", async () => {
    const { bytes } = inputs("cifar-10.tar.gz")[0];
    if (!(bytes instanceof Uint8Array)) throw new Error("expected bytes");
    expect(await refusal([{ name: "cut.tar.gz", bytes: bytes.subarray(0, bytes.length / 2) }])).toMatch(/^gunzip "cut/);
    const tar = new Uint8Array(
      await new Response(
        new Blob([new Uint8Array(bytes)]).stream().pipeThrough(new DecompressionStream("gzip")),
      ).arrayBuffer(),
    );
    expect(await refusal([{ name: "cut.tar", bytes: tar.subarray(0, 5000) }])).toMatch(
      /readTar "cut.tar": expected \d+ bytes/,
    );
    const damaged = tar.slice();
    damaged[130] ^= 1;
    expect(await refusal([{ name: "damaged.tar", bytes: damaged }])).toMatch(
      /expected a header at byte 0, got corrupt data/,
    );
  });
});
