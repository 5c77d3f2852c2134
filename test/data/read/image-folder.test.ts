import { describe, expect, it } from "vitest";
import { readData } from "../../../src/data/read-data.ts";
import { decodeImage } from "../../../src/node/image.ts";
import { encodePng } from "../png-writer.ts";
import { inputs, pixels, read, refusal, TEST_LABELS } from "./files.ts";

/** In the order of the classes, and in each that of the files' names. */
const IN_ORDER = [0, 3, 1, 4, 2, 5];

describe("folders of pictures", () => {
  it("reads grey PNG files, one folder per class, in train and test", async () => {
    const { train, test, format } = await read("pictures");
    expect(format).toBe("pictures");
    expect(train?.classNames).toEqual(["ant", "bee", "cat"]);
    expect(train?.shape).toEqual([6, 5, 1]);
    expect(train?.images).toEqual(Uint8Array.from(IN_ORDER.flatMap((i) => pixels(i, i + 1))));
    expect([...(train?.labels ?? [])]).toEqual([0, 0, 1, 1, 2, 2]);
    expect([...(test?.labels ?? [])]).toEqual([...TEST_LABELS].sort());
    expect(test?.images).toEqual(Uint8Array.from([7, 6].flatMap((i) => pixels(i, i + 1))));
  });

  it("takes the classes' folders alone, without a name above them", async () => {
    const files = inputs("pictures").filter(({ name }) => name.includes("/train/"));
    const bare = files.map((file) => ({ ...file, name: file.name.replace("pictures/train/", "") }));
    const { train, test } = await readData(bare, { split: 0.34 });
    expect([train?.length, test?.length]).toEqual([3, 3]);
    expect([...(test?.labels ?? [])]).toEqual([0, 1, 2]);
  });

  it("refuses pictures of different sizes by two names, unless told a size", async () => {
    const files = inputs("mixed");
    expect(await refusal(files, { decodeImage })).toBe(
      'readImages: expected pictures of one size, got "mixed/10/0.png" of 16 x 16 and "mixed/10/2.png" of 16 x 20; --size (size) makes them equal',
    );
    const { train } = await readData(files, { decodeImage, size: [8, 12] });
    // One picture has colours, so all have three channels; class names are numbers, in their order.
    expect(train?.shape).toEqual([8, 12, 3]);
    expect(train?.classNames).toEqual(["9", "10"]);
    expect([...(train?.labels ?? [])]).toEqual([1, 1, 0, 0]);
    const grey = train?.images.subarray(0, 8 * 12 * 3) ?? [];
    for (let i = 0; i < grey.length; i += 3) expect([grey[i + 1], grey[i + 2]]).toEqual([grey[i], grey[i]]);
    const one = await readData(files, { decodeImage, size: [8, 12], channels: 1 });
    expect(one.train?.shape).toEqual([8, 12, 1]);
    expect(one.train?.images.subarray(0, 96)).toEqual(Uint8Array.from(grey).filter((_, i) => i % 3 === 0));
  });

  it("makes grey pictures coloured when the colours come late", async () => {
    const files = inputs("mixed").filter(({ name }) => name.endsWith("0.png") || name.endsWith("3.png"));
    const renamed = files.map((file) => ({ ...file, name: file.name.endsWith("0.png") ? "a/0.png" : "b/3.png" }));
    const { train } = await readData(renamed);
    expect(train?.images).toEqual(
      Uint8Array.from([...pixels(0, 1, 16, 16).flatMap((value) => [value, value, value]), ...pixels(3, 4, 16, 16, 3)]),
    );
  });

  it("says what is wrong", async () => {
    const [file] = inputs("pictures").filter(({ name }) => name.endsWith("0.png"));
    const named = (...names: string[]) => names.map((name) => ({ ...file, name }));
    expect(await refusal(named("0.png"))).toMatch(
      /expected pictures in a folder per class .*, got "0.png" without one/,
    );
    expect(await refusal(named("a/0.png", "train/b/0.png"))).toMatch(/either in train and test folders or in none/);
    expect(await refusal(named("train/a/0.png", "test/b/0.png"))).toMatch(
      /"test\/b\/0.png": expected a class of the training \("a"\), got "b"/,
    );
    expect(
      await refusal([
        ...named("a/0.png"),
        { name: "b/1.png", bytes: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10) },
      ]),
    ).toMatch(/png "b\/1.png": expected a whole file/);
    const jpeg = inputs("mixed").filter(({ name }) => name.endsWith(".jpg"));
    expect(await refusal(jpeg)).toMatch(/expected a decodeImage option for such pictures outside of browsers/);
  });

  it("has pictures for validation apart, and tests on them where there are no others", async () => {
    const [file] = inputs("pictures").filter(({ name }) => name.endsWith("0.png"));
    const named = (...names: string[]) => names.map((name) => ({ ...file, name }));
    const both = await readData([...named("train/a/0.png"), ...named("val/a/1.png"), ...named("test/a/2.png")]);
    expect([both.train, both.validation, both.test].map((data) => data?.length)).toEqual([1, 1, 1]);
    expect(both.validation?.name).toBe("validation");
    const alone = await readData([...named("train/a/0.png"), ...named("val/a/1.png")]);
    expect(alone.validation?.length).toBe(1);
    expect(alone.test).toBe(alone.validation);
    expect((await readData(named("train/a/0.png"))).validation).toBeUndefined();
  });

  it("brings pictures of many sizes to one that fits them where size is auto, and says so", async () => {
    const sizes = [
      [40, 30],
      [20, 50],
      [60, 60],
    ];
    const files = sizes.map(([height, width], i) => ({
      name: `pets/${"aab"[i]}/${i}.png`,
      bytes: encodePng({ width, height, depth: 8, colourType: 2, sample: () => 40 * i }),
    }));
    const { train, pictures, notes } = await readData(files, { size: "auto" });
    // The middle of the shorter sides is 30.
    expect(train?.shape.slice(0, 2)).toEqual([24, 24]);
    const expected = { smallest: [20, 50], median: [40, 30], largest: [60, 60], sizes: 3, formats: { PNG: 3 } };
    expect(pictures).toEqual({ ...expected, size: [24, 24] });
    expect(notes[0]).toBe(
      "the pictures (20 x 50 to 60 x 60, in the middle 40 x 30) are stretched to 24 x 24; --size (size) says another size",
    );
    const same = await readData(
      [0, 2].map((i) => ({ ...files[0], name: files[i].name })),
      { size: "auto" },
    );
    expect(same.train?.shape.slice(0, 2)).toEqual([40, 30]);
    expect(same.notes.join()).not.toContain("stretched to");
  });

  it("names what cannot be decoded, or leaves it out with a note", async () => {
    const whole = inputs("pictures").filter(({ name }) => name.includes("/train/"));
    const [{ bytes }] = whole;
    const cut = bytes instanceof Uint8Array ? bytes.subarray(0, 60) : new Uint8Array(0);
    const add = (name: string, content: Uint8Array | string) => [
      ...whole,
      {
        name: `pictures/train/ant/${name}`,
        bytes: typeof content === "string" ? Buffer.from(content, "latin1") : content,
      },
    ];
    const avif = "\0\0\0 ftypavif";
    const broken: [name: string, content: Uint8Array | string, got: string, kind: string][] = [
      ["w.avif", avif, "got AVIF", "AVIF"],
      ["w.jpg", avif, "got AVIF", "AVIF"],
      ["p.psd", "8BPS\0\x01", "got Photoshop", "Photoshop"],
      ["t.tif", "II*\0\x08\0\0\0", "got TIFF", "TIFF"],
      ["e.png", "", "got an empty file", "empty"],
      ["n.png", "not a picture", "got something else", "no picture"],
      ["c.png", cut, "expected a whole file|cut off", "corrupt"],
    ];
    for (const [name, content, got, kind] of broken) {
      const files = add(name, content);
      const said = await refusal(files);
      expect(said).toMatch(new RegExp(`"pictures/train/ant/${name}": .*(${got}).*; --skip-broken`));
      const { train, notes } = await readData(files, { skipBroken: true });
      expect(train?.images).toEqual(Uint8Array.from(IN_ORDER.flatMap((i) => pixels(i, i + 1))));
      expect([...(train?.labels ?? [])]).toEqual([0, 0, 1, 1, 2, 2]);
      expect(notes).toEqual([expect.stringMatching(`^left out what cannot be read: 1 ${kind} \\(.*ant/${name}`)]);
    }
  });

  it("leaves one in a hundred out without being asked, and no more", async () => {
    const whole = Array.from({ length: 198 }, (_, i) => ({
      ...inputs("pictures")[0],
      name: `${"ab"[i % 2]}/${i}.png`,
    }));
    const photoshop = (name: string) => ({ name, bytes: Buffer.from("8BPS\0\x01") });
    const { train, notes } = await readData([...whole, photoshop("a/x.psd"), photoshop("a/y.psd")]);
    expect(train?.length).toBe(198);
    expect(notes).toContainEqual(expect.stringMatching(/^left out what cannot be read: 2 Photoshop \(.*a\/x.psd/));
    const three = [...whole, photoshop("a/x.psd"), photoshop("a/y.psd"), photoshop("a/z.psd")];
    expect(await refusal(three)).toMatch(/"a\/z.psd": .*got Photoshop.*; --skip-broken/);
    expect(await refusal([...whole, photoshop("a/x.psd")], { skipBroken: false })).toMatch(/"a\/x.psd"/);
  });

  it("refuses a class without a picture that can be read, even where such are skipped", async () => {
    const files = [...inputs("pictures"), { name: "pictures/train/owl/1.psd", bytes: Buffer.from("8BPS\0\x01") }];
    expect(await refusal(files)).toMatch(
      /"pictures\/train\/owl\/1.psd": expected a PNG, JPEG, WebP, GIF or BMP picture, got Photoshop/,
    );
    expect(await refusal(files, { skipBroken: true })).toBe(
      'readImages: expected a picture that can be read in class "owl", got none of 1 ("pictures/train/owl/1.psd")',
    );
    // Many files are told by their names.
    const many = Array.from({ length: 201 }, (_, i) => ({ ...inputs("pictures")[0], name: `a/${i}.png` }));
    const owls = [...many, { name: "owl/1.psd", bytes: Buffer.from("8BPS\0\x01") }];
    expect(await refusal(owls, { skipBroken: false })).toMatch(
      /"owl\/1.psd": expected a PNG, JPEG, WebP, GIF or BMP picture, got Photoshop/,
    );
    // One of two hundred would be left out, but not the only one of a class.
    expect(await refusal(owls)).toMatch(/a picture that can be read in class "owl", got none of 1/);
  });

  it("takes no stranger for data, and says so", async () => {
    const stranger = (name: string, text: string) => ({ name: `pictures/${name}`, bytes: Buffer.from(text) });
    const documents = [stranger("README.md", "# Pictures"), stranger("LICENSE", "free")];
    const strangers = [
      stranger("train/desktop.ini", "[.ShellClassInfo]\r\n"),
      stranger("train/ant/Thumbs.db", "\xd0\xcf\x11\xe0"),
      stranger("labels.csv", "name,label\n0.png,ant\n"),
      stranger("run.log", "started\n"),
    ];
    const { train, notes } = await readData([...documents, ...strangers, ...inputs("pictures")]);
    expect(train?.length).toBe(6);
    expect(notes).toEqual(['left out 4 other files ("pictures/labels.csv")']);
  });

  it("stops when asked to", async () => {
    const controller = new AbortController();
    const onProgress = (done: number) => done === 2 && controller.abort(new Error("enough"));
    const reading = read("pictures", { signal: controller.signal, onProgress });
    await expect(reading).rejects.toThrow("enough");
  });
});
