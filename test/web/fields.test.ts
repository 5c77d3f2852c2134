import { expect, it } from "vitest";
import { checkReadSettings } from "../../src/data/read/settings.ts";
import { readValue } from "../../web/src/ui/fields.ts";

it.each([
  ["0.1", 0.1],
  ["3, 5", [3, 5]],
  ["28 × 28 × 1", [28, 28, 1]],
  ["28x28x1", [28, 28, 1]],
  ["[3, 5]", [3, 5]],
  ["same", "same"],
  ["xTrain=images, yTrain=labels", { xTrain: "images", yTrain: "labels" }],
])("reads %j in a field", (written, value) => {
  expect(readValue(written)).toEqual(value);
});

it("reads what the readers of data take", () => {
  const settings = { size: readValue("32 x 24"), shape: readValue("8 8 3"), names: readValue("xTrain=a,yTrain=b") };
  expect(checkReadSettings("page", settings)).toEqual({
    size: [32, 24],
    shape: [8, 8, 3],
    names: { xTrain: "a", yTrain: "b" },
  });
});
