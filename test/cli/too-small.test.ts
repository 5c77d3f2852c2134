import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { chooseNetwork } from "../../src/cli/network-option.ts";
import { createDataset } from "../../src/data/dataset.ts";
import { conv2d } from "../../src/layers/conv2d.ts";
import { dense } from "../../src/layers/dense.ts";
import { flatten } from "../../src/layers/flatten.ts";
import { maxPooling2d } from "../../src/layers/max-pooling2d.ts";
import { NETWORKS } from "../../src/recipes/index.ts";
import { createModel } from "../../src/training/create-model.ts";

/** Two images of a size. */
function images(h: number, w: number) {
  const pixels = new Uint8Array(2 * h * w);
  return createDataset({ name: "small", shape: [h, w, 1], images: pixels, labels: Uint8Array.of(0, 1), classes: 2 });
}

describe("images that are too small for a network", () => {
  it("are told with the smallest size that fits", () => {
    const layers = [
      conv2d({ filters: 4, kernelSize: 3 }),
      maxPooling2d(),
      conv2d({ filters: 4, kernelSize: 5 }),
      flatten(),
    ];
    const make = (h: number, w: number) => createModel({ input: [h, w, 1], layers: [...layers, dense({ units: 2 })] });
    const reason =
      /^layers\[\d\] \(conv2d "conv2d_1"\): expected a kernel height of at most 4 .*; images of 11 x 30 are too small for these/;
    expect(() => make(11, 30)).toThrow(reason);
    expect(() => make(11, 30)).toThrow(/, of 12 x 12 they fit$/);
    expect(() => make(12, 12)).not.toThrow();
    expect(() => make(2, 2)).toThrow(
      /^layers\[\d\] \(conv2d "conv2d"\): .*; images of 2 x 2 are too small for these layers, of 12 x 12 they/,
    );
  });

  it("are told with the built-in networks that fit, all of which do, and no other", async () => {
    for (const side of [1, 2, 4, 6, 9]) {
      const data = images(side, side);
      const fitting: string[] = [];
      const errors: string[] = [];
      for (const { name } of NETWORKS) {
        try {
          (await chooseNetwork({ model: name })).build(data);
          fitting.push(name);
        } catch (error) {
          errors.push(String(error));
        }
      }
      expect(fitting).toContain("resnet8");
      for (const error of errors) {
        const reason =
          /are too small for these layers, of \d+ x \d+ they fit|expected images of at least \d+ x \d+, got/;
        expect(error).toMatch(reason);
        expect(error.split("--model may be one of ")[1]).toBe(fitting.join(", "));
      }
    }
    expect(() => NETWORKS.map(({ layers }) => createModel({ input: [28, 28, 1], layers: layers(10) }))).not.toThrow();
  });

  it("are told so of a network in a file, too", async () => {
    const file = join(mkdtempSync(join(tmpdir(), "convasm-")), "net.json");
    const layers = [{ type: "conv2d", filters: 2, kernelSize: 5 }, { type: "flatten" }, { type: "dense", units: 2 }];
    writeFileSync(file, JSON.stringify({ layers }));
    const { build } = await chooseNetwork({ model: file });
    expect(() => build(images(4, 4))).toThrow(
      /net.json": .*images of 4 x 4 are .*, of 5 x 5 they fit; --model may be one of /,
    );
  });
});
