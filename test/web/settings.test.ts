import { findRecipe } from "convasm";
import { expect, it } from "vitest";
import { readyRun, settingsOf } from "../../web/src/train/settings.ts";

const ENGINE = { name: "auto", cores: "auto" } as const;

it("tells before the start that a loss of target values does not fit images with classes", () => {
  const recipe = findRecipe("speed99");
  if (recipe === undefined) throw new Error("no recipe");
  const settings = settingsOf(recipe, 60_000, ENGINE);
  expect(readyRun(settings)).toHaveProperty("loss");
  const error = "The loss meanSquaredError is for target values; the images here have classes.";
  expect(readyRun({ ...settings, loss: { type: "meanSquaredError" } })).toEqual({ error });
});
