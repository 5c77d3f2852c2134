import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { fashionImages, fashionTrial, settingsOf } from "../../bench/search/fashion.js";
import stored from "../../bench/search/fashion-trials.json" with { type: "json" };

const SHARED = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const FASHION = join(process.env.CONVASM_DATA ?? SHARED, "fashion-mnist");
const isThere = existsSync(FASHION);
if (!isThere) console.warn(`skipped: no ${FASHION}`);

test.skipIf(!isThere)("a stored trial has the figures of one that is trained now", async () => {
  expect(settingsOf(140)).toEqual({ lr: 0.1, momentum: 0.9, batchSize: 256, filters: 4, dropout: 0 });
  expect(await fashionTrial(await fashionImages(FASHION), settingsOf(140))).toEqual(stored.right[140]);
});
