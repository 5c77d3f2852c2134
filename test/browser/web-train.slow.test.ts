import { expect, it } from "vitest";
import { describeInChromium, useChromium } from "./chromium.ts";
import { DIGIT_STROKES } from "./strokes.ts";
import { draw, readout, textOf, train, useWebPage } from "./web-page.ts";

describeInChromium("the page where memory cannot be shared", () => {
  const open = useWebPage(useChromium());

  it("learns digits from a click on Start, and reads what is drawn on the pad", async () => {
    const page = await open({ isolated: false });
    await train(page);
    expect(await readout(page, "Held out")).toBeGreaterThanOrEqual(97);
    expect(await textOf(page, ".run-engine")).toMatch(/on \d workers with memories of their own.*isolation/);
    await page.getByRole("tab", { name: "Draw" }).click();
    await draw(page, DIGIT_STROKES[3]);
    await page.locator(".bar-best .bar-name", { hasText: /^3$/ }).waitFor();
  });
});
