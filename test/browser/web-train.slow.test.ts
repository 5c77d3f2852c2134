import { expect, it } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { DIGIT_STROKES } from "./strokes.ts";
import { draw, openFile, readout, saved, setField, textOf, train, useWebPage, weightsOf } from "./web-page.ts";

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

describeInChromium("the page", () => {
  const open = useWebPage(useChromium());

  it("saves a model that it opens again, and that the library reads", async () => {
    const page = await open();
    await setField(page, "epochs", "1");
    await train(page);
    const accuracy = await readout(page, "Held out");
    const bytes = await saved(page, /Save the model/);
    expect(decodeSafetensors(bytes).metadata.format).toBe("convasm");

    const other = await open();
    await openFile(other, "digits.safetensors", bytes);
    await other.getByText("digits.safetensors is loaded").waitFor();
    await other.getByRole("button", { name: "Look now" }).click();
    await other.getByText(`${accuracy.toFixed(2)} % right`).waitFor();
    const html = (await saved(other, /Export as a page/)).toString();
    expect(html).toContain("<title>Try ");
    const again = await saved(other, /Save the model/);
    expect(weightsOf(again)).toEqual(weightsOf(bytes));
  });
});
