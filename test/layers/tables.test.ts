import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LAYER_TYPES } from "../../src/graph/read.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { LAYER_CASES } from "./cases.ts";

/** Types of layers and all that stand in their blocks, with the activations that they ask for. */
function typesOf(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ type, activation, block }) => [
    type,
    ...(activation === undefined ? [] : [activation.type]),
    ...(block === undefined ? [] : typesOf([...block.main, ...block.shortcut])),
  ]);
}

/** Types that sources of layers define: by what reads their options, what merges, and activations by their option. */
function definedTypes(): string[] {
  const sources = ["src/layers", "src/graph"].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name !== "initializers.ts")
      .map((name) => readFileSync(`${folder}/${name}`, "utf8")),
  );
  const ways = [/new OptionReader\("(\w+)"/g, /merging\(options, \{\s*type: "(\w+)"/g, /^ {4}case "(\w+)":$/gm];
  const types = sources.flatMap((source) => ways.flatMap((way) => [...source.matchAll(way)].map(([, type]) => type)));
  return [...new Set(types)].filter((type) => type !== "linear");
}

describe("a layer is in every table", () => {
  it("and every file's layer is known to files of models", () => {
    const defined = definedTypes();
    expect(defined).toEqual(expect.arrayContaining(["conv2d", "subtract", "tanh", "residual"]));
    expect(defined.filter((type) => !LAYER_TYPES.includes(type))).toEqual([]);
  });

  describe.each(LAYER_TYPES)("%s", (type) => {
    it("has cases for gradients, engines and files", () => {
      expect(LAYER_CASES.some(({ layers }) => typesOf(layers).includes(type))).toBe(true);
    });

    it("is exported, and named in README", () => {
      expect(readFileSync("src/index.ts", "utf8")).toMatch(new RegExp(`\\b${type}\\b`));
      const [, list] = /\nLayers: ([\s\S]*?)\. Optimizers:/.exec(readFileSync("README.md", "utf8")) ?? [];
      expect(list).toContain(`\`${type}\``);
    });

    it("has fields in the page", () => {
      expect(readFileSync("web/src/network/layer-options.ts", "utf8")).toMatch(new RegExp(`^ {2}${type}: `, "m"));
    });
  });
});
