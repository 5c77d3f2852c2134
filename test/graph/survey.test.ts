import { describe, expect, it } from "vitest";
import { surveyLayers } from "../../src/graph/survey.ts";
import { readArchitecture } from "../../src/model/read-architecture.ts";
import { describeModel } from "../../src/model/summary.ts";
import { findNetwork, NETWORKS } from "../../src/recipes/index.ts";
import { recipeArchitecture } from "../../src/recipes/run.ts";

const conv = (name: string, filters: number, more: object = {}) => ({
  ...{ type: "conv2d", name, filters, kernelSize: 1 },
  ...more,
});

/** The errors of layers, by their names. */
function errorsOf(layers: Parameters<typeof surveyLayers>[0]): Record<string, string> {
  const survey = surveyLayers(layers, [4, 4, 2]);
  const all = survey.flatMap((layer) => [layer, ...layer.layers, ...layer.shortcut]);
  return Object.fromEntries(all.flatMap(({ name, error }) => (error === undefined ? [] : [[name, error]])));
}

describe("a survey of layers", () => {
  it.each(NETWORKS.map(({ name }) => name))("agrees with the summary of %s", (name) => {
    const recipe = findNetwork(name);
    if (recipe === undefined) throw new Error(name);
    const architecture = recipeArchitecture(recipe);
    const { parameters, multiplyAdds } = describeModel(architecture, undefined);
    const survey = surveyLayers(
      recipe.layers(10, recipe.variables).map(({ config }) => config),
      architecture.input.shape,
    );
    expect(survey.flatMap(({ error }) => error ?? [])).toEqual([]);
    expect(survey.reduce((sum, layer) => sum + layer.parameters, 0)).toBe(parameters);
    expect(survey.reduce((sum, layer) => sum + layer.multiplyAdds, 0)).toBe(multiplyAdds);
    expect(survey.at(-1)?.output).toEqual(architecture.output);
  });

  it("tells what a layer takes, and goes on where one is wrong", () => {
    const survey = surveyLayers(
      [
        conv("a", 3, { activation: "relu" }),
        conv("b", 0, { inputs: ["input"] }),
        conv("c", 3, { inputs: ["a"] }),
        { type: "add", inputs: ["a", "c"] },
        { type: "add", inputs: ["b", "c"] },
        { type: "add", inputs: ["add", "add_1"] },
      ],
      [4, 4, 2],
    );
    expect(survey.map(({ name, inputs, output, error }) => [name, inputs, output, error])).toEqual([
      ["a", ["input"], [4, 4, 3], undefined],
      ["b", ["input"], undefined, expect.stringMatching(/^conv2d "b": expected filters/)],
      ["c", ["a"], [4, 4, 3], undefined],
      ["add", ["a", "c"], [4, 4, 3], undefined],
      ["add_1", ["b", "c"], undefined, undefined],
      ["add_2", ["add", "add_1"], undefined, undefined],
    ]);
  });

  it.each([
    ["an unknown name", [conv("a", 2), conv("b", 2, { inputs: ["z"] })], { b: /names of input, a, b, got "z"/ }],
    ["a dead end", [conv("a", 2), conv("b", 2, { inputs: ["input"] })], { a: /another layer to take its output/ }],
    ["a circle", [conv("a", 2, { inputs: ["b"] }), conv("b", 2)], { a: /got a -> b -> a/ }],
    [
      "shapes",
      [conv("a", 3), { type: "add", inputs: ["input", "a"] }],
      { add: /one shape, got \[4,4,2\] and \[4,4,3\]/ },
    ],
    ["a name twice", [conv("a", 2), conv("b", 2), conv("a", 2)], { a: /every name once, got "a" twice/ }],
    ["too few inputs", [conv("a", 2), { type: "add" }], { add: /at least 2 inputs, got 1/ }],
    ["an unknown type", [{ type: "nothing" }], { nothing: /expected type to be one of/ }],
    [
      "a layer in a block",
      [{ type: "residual", layers: [conv("a", 2), { type: "add", inputs: ["a", "q"] }] }],
      { add: /names of input, a, add, got "q"/ },
    ],
    ["the ways of a block", [{ type: "residual", layers: [conv("a", 5)] }], { residual: /both ways/ }],
    ["an empty block", [{ type: "residual", layers: [] }], { residual: /at least one layer, got none/ }],
  ])("tells of %s at its layer alone, with the words of the network", (_, layers, wanted) => {
    const errors = errorsOf(layers);
    const expected = Object.entries(wanted).map(([name, words]) => [name, expect.stringMatching(words)]);
    expect(Object.entries(errors)).toEqual(expected);
    const build = () => readArchitecture({ input: { shape: [4, 4, 2] }, layers });
    const words = Object.values(errors)[0].replace(/^.*?: /, "");
    expect(build).toThrow(words);
  });

  it("knows what is in blocks", () => {
    const [block] = surveyLayers(
      [{ type: "residual", layers: [conv("a", 5), conv("b", 3)], shortcut: [conv("c", 3)] }],
      [4, 4, 2],
    );
    expect(
      [block.layers, block.shortcut].map((list) => list.map(({ name, parameters }) => [name, parameters])),
    ).toEqual([
      [
        ["a", 15],
        ["b", 18],
      ],
      [["c", 9]],
    ]);
    expect(block.parameters).toBe(42);
  });
});
