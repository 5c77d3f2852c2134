import { describe, expect, it } from "vitest";
import { LeftOut } from "../../../src/data/read/left-out.ts";
import { InputRangeError } from "../../../src/errors.ts";

describe("LeftOut", () => {
  it("makes an error of what cannot be read, with kinds, counts and an example each", () => {
    const leftOut = new LeftOut({ skipBroken: false });
    leftOut.check("readImages", "pictures");
    leftOut.addBroken("WebP", "owl/1.webp");
    leftOut.addBroken("empty", "a.png");
    leftOut.addBroken("WebP", "owl/2.webp");
    leftOut.addUnrelated("desktop.ini");
    expect(() => leftOut.check("readImages", "PNG or JPEG pictures")).toThrow(
      'readImages: expected PNG or JPEG pictures, got 2 WebP ("owl/1.webp"), 1 empty ("a.png"); --skip-broken (skipBroken) leaves such files out',
    );
  });

  it("makes a note of it where that is asked for, and of strangers always", async () => {
    const leftOut = new LeftOut({ skipBroken: true });
    leftOut.addBroken("WebP", "owl/1.webp");
    leftOut.addBroken("WebP", "owl/2.webp");
    const corrupt = async () =>
      Promise.reject(new InputRangeError('png "b.png"', "a whole file", "one that is cut off"));
    expect(await leftOut.attempt("corrupt", "b.png", corrupt)).toBeUndefined();
    leftOut.addUnrelated("desktop.ini");
    leftOut.addUnrelated("a.log");
    leftOut.check("readImages", "PNG or JPEG pictures");
    expect(leftOut.notes()).toEqual([
      'left out what cannot be read: 2 WebP ("owl/1.webp"), 1 corrupt (png "b.png": expected a whole file, got one that is cut off)',
      'left out 2 other files ("desktop.ini")',
    ]);
  });

  it("gives back what was read, and passes on errors that are not the file's", async () => {
    const leftOut = new LeftOut({ skipBroken: true });
    expect(await leftOut.attempt("corrupt", "a", async () => 7)).toBe(7);
    await expect(leftOut.attempt("corrupt", "a", async () => Promise.reject(new TypeError("ours")))).rejects.toThrow(
      "ours",
    );
    expect(leftOut.brokenCount).toBe(0);
    const strict = new LeftOut({ skipBroken: false });
    await expect(
      strict.attempt("corrupt", "a", async () =>
        Promise.reject(new InputRangeError("png", "a whole file", "one that is cut off")),
      ),
    ).rejects.toThrow("got one that is cut off; --skip-broken (skipBroken) leaves such files out");
  });
});
