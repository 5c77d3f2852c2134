import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { describeOptions, OPTION_GROUPS, optionTypes } from "../../src/describe-options.ts";
import { SCHEMAS } from "../../src/schemas.ts";

describe("describeOptions", () => {
  it("tells of each option of a layer what forms and tables need", () => {
    const options = new Map(describeOptions("layer", "dropout").map((option) => [option.key, option]));
    expect([...options.keys()]).toEqual(["rate", "name", "inputs", "trainable"]);
    expect(options.get("rate")).toEqual({
      key: "rate",
      label: "Rate",
      help: "Share of the elements set to zero in training, from 0 to below 1.",
      field: "number",
      choices: undefined,
      rule: { minimum: 0, below: 1 },
      wanted: "a finite number at least 0 and below 1",
      default: undefined,
      isRequired: true,
      isRare: false,
    });
    expect(options.get("trainable")).toMatchObject({ field: "flag", default: true, isRequired: false });
    expect(options.get("name")).toMatchObject({ field: "text", default: undefined, isRequired: false });
    expect(
      describeOptions("optimizer", "sgd")
        .filter(({ isRare }) => isRare)
        .map(({ key }) => key),
    ).toContain("nesterov");
    const [, , , , activation, , , initializer] = describeOptions("layer", "depthwiseConv2d");
    expect(activation.choices).toEqual(expect.arrayContaining(["linear", "relu", "softmax"]));
    expect(initializer).toMatchObject({ label: "Kernel initializer", default: "glorotUniform" });
  });

  it("has a sentence of help for every option of every group", () => {
    for (const group of OPTION_GROUPS) {
      expect(optionTypes(group)).toEqual(Object.keys(SCHEMAS[group]));
      for (const type of optionTypes(group)) {
        for (const { key, help } of describeOptions(group, type))
          expect(help, `${group} ${type} ${key}`).toMatch(/^[A-Z0-9].*\.$/);
      }
    }
  });

  it("refuses what does not exist by name", () => {
    expect(() => describeOptions("layer", "lstm")).toThrow(
      /^describeOptions: expected one of conv2d, depthwiseConv2d, .*, got "lstm"$/,
    );
    expect(() => describeOptions("layer", "constructor")).toThrow(RangeError);
  });
});

it("is what docs/OPTIONS.md says: `npm run docs:options` writes it anew", () => {
  const made = execFileSync(process.execPath, ["scripts/build-options-doc.js", "--print"], { encoding: "utf8" });
  expect(readFileSync("docs/OPTIONS.md", "utf8")).toBe(made);
});
