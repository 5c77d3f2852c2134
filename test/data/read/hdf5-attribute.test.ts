// Texts that are attributes of HDF5 files, whole and damaged: those that Keras wrote.

import { readFileSync } from "node:fs";
import type { Group } from "h5wasm";
import { describe, expect, it } from "vitest";
import { textsOfAttribute } from "../../../src/data/read/hdf5-attribute.ts";
import { isGroup, withHdf5File } from "../../../src/data/read/hdf5-file.ts";
import { FILES } from "./files.ts";

const kerasFile = (name: string) => new Uint8Array(readFileSync(`${FILES}/../../../importing/files/keras/${name}`));

function groupOf(root: Group, path: string): Group {
  const entity = root.get(path);
  if (entity !== null && isGroup(entity)) return entity;
  throw new Error(`no group ${path}`);
}

/** The texts of attributes, each named by its group and itself. */
function textsOf(bytes: Uint8Array, attributes: readonly (readonly [string, string])[]) {
  return withHdf5File("a file", bytes, (file) =>
    attributes.map(([path, name]) => textsOfAttribute("a file", file, groupOf(file.root, path), name)),
  );
}

const MODEL = [
  ["/", "backend"],
  ["model_weights", "layer_names"],
  ["model_weights/concatenate", "weight_names"],
  ["/", "no_such"],
] as const;

describe("texts of HDF5's attributes", () => {
  it("are read where they vary in length, and where all have the same", async () => {
    const [backend, layers, none, absent] = await textsOf(kerasFile("version-2.h5"), MODEL);
    expect([backend, none, absent]).toEqual(["tensorflow", [], undefined]);
    expect(layers).toEqual(expect.arrayContaining(["input_1", "rescaling", "dense"]));
    const own = new Uint8Array(readFileSync(`${FILES}/attributes.h5`));
    const names = ["text", "texts", "varying", "empty", "none"];
    const list = ["a", "\u00e9t\u00e9", "", "four"];
    expect(
      await textsOf(
        own,
        names.map((name) => ["/", name] as const),
      ),
    ).toEqual(["one", list, list, [], []]);
    await expect(textsOf(own, [["/", "numbers"]])).rejects.toThrow(
      "a file: expected texts in the attribute numbers, got others",
    );
  });

  it("are refused where their heap has them no longer, and the next file is read", async () => {
    const bytes = kerasFile("version-2.h5");
    // The index of the second text in the heap, which is that of the attribute `backend`.
    const at = 2048 + 40;
    expect([...bytes.subarray(at, at + 26)].slice(0, 2)).toEqual([2, 0]);
    expect(new TextDecoder().decode(bytes.subarray(at + 16, at + 26))).toBe("tensorflow");
    for (const index of [1, 3, 99, 65_535]) {
      bytes.set([index & 255, index >> 8], at);
      await expect(textsOf(bytes, MODEL)).rejects.toThrow(
        "a file: expected whole texts in the attribute backend, got damaged ones",
      );
    }
    expect((await textsOf(kerasFile("version-2.h5"), MODEL))[0]).toBe("tensorflow");
  });
});
