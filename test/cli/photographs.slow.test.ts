import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { convasm, temporaryFolder } from "./process.ts";

const SHARED = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const PHOTOGRAPHS = join(process.env.CONVASM_DATA ?? SHARED, "ants-bees.zip");
const isMissing = !existsSync(PHOTOGRAPHS);
if (isMissing) console.log(`skipped: no ${PHOTOGRAPHS}`);

const { path: cwd, remove } = temporaryFolder();
afterAll(remove);

describe.skipIf(isMissing)("train on photographs", () => {
  it("chooses size, network and epochs, validates on their own part, and eval agrees to the digit", async () => {
    const words = ["train", PHOTOGRAPHS, "--epochs", "2", "--out", "run", "--json"];
    const trained = await convasm(words, { cwd });
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.stderr).toMatch(/the pictures \(130 x 193 to 1944 x 2592, .*\) are stretched to 64 x 64; --size/);
    const start = trained.event("start");
    expect(start).toMatchObject({
      network: "photos",
      isRecipe: true,
      augment: { randomResizedCrop: 0.35, cutout: 24 },
    });
    expect(start.data).toMatchObject({
      ...{ trainImages: 245, validationImages: 153, testImages: 0, shape: [64, 64, 3], validation: "val" },
      reader: { size: [64, 64] },
    });
    const done = trained.event("done");
    expect(done).toMatchObject({ on: "validation", choseEpoch: true, testAccuracy: null, valImages: 153 });
    const metrics = JSON.parse(readFileSync(join(cwd, "run", "metrics.json"), "utf8"));
    expect(metrics).toMatchObject({ bestEpoch: done.bestEpoch, valAccuracy: done.valAccuracy });
    const evaluated = await convasm(["eval", "run", "--json"], { cwd });
    expect(evaluated.event("done")).toMatchObject({ testAccuracy: done.valAccuracy, testImages: 153 });
  });
});
