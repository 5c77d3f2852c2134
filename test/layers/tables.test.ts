import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { LAYER_TYPES } from "../../src/graph/layer-types.ts";
import type { Layer } from "../../src/layers/layer.ts";
import { LAYER_CASES } from "./cases.ts";

const TYPES: readonly string[] = Object.keys(LAYER_TYPES);

/** Types of layers and all that stand in their blocks, with the activations that they ask for. */
function typesOf(layers: readonly Layer[]): string[] {
  return layers.flatMap(({ type, activation, block }) => [
    type,
    ...(activation === undefined ? [] : [activation.type]),
    ...(block === undefined ? [] : typesOf([...block.main, ...block.shortcut])),
  ]);
}

/** Types that sources of layers define. */
function definedTypes(): string[] {
  const sources = ["src/layers", "src/graph"].flatMap((folder) =>
    readdirSync(folder).map((name) => readFileSync(`${folder}/${name}`, "utf8")),
  );
  return sources.flatMap((source) =>
    [...source.matchAll(/^export const \w+ = (?:layer|merging)Type\("(\w+)"/gm)].map(([, type]) => type),
  );
}

describe("a layer is in every table", () => {
  it("and every file's layer is known to files of models", () => {
    const defined = definedTypes();
    expect(defined).toEqual(expect.arrayContaining(["conv2d", "subtract", "tanh", "residual"]));
    for (const [name, { type }] of Object.entries(LAYER_TYPES)) expect(type).toBe(name);
    expect(defined.filter((type) => !TYPES.includes(type))).toEqual([]);
  });

  describe.each(TYPES)("%s", (type) => {
    it("has cases for gradients, engines and files", () => {
      expect(LAYER_CASES.some(({ layers }) => typesOf(layers).includes(type))).toBe(true);
    });

    it("is exported, and named in README", () => {
      const exported = readFileSync("src/index.ts", "utf8") + readFileSync("src/further.ts", "utf8");
      expect(exported).toMatch(new RegExp(`\\b${type}\\b`));
      const [, list] = /\nLayers: ([\s\S]*?)\. Optimizers:/.exec(readFileSync("README.md", "utf8")) ?? [];
      expect(list).toContain(`\`${type}\``);
    });
  });
});
