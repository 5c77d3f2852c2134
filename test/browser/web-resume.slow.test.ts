import { expect, it } from "vitest";
import { describeInChromium, useChromium } from "./chromium.ts";
import { openFile, runEnds, saved, setField, train, useWebPage, weightsOf } from "./web-page.ts";

describeInChromium("the page", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("goes on with a run that was stopped, to the weights of one that was not", async () => {
    const page = await open();
    await setField(page, "train", "4000");
    await page.getByRole("status").getByText("4,000 images to train on").waitFor();
    await setField(page, "epochs", "2");
    await train(page);
    const whole = await saved(page, /Save the model/);

    // Step by step, so that it is sure where the run stands.
    await page.getByRole("button", { name: "Step" }).click();
    await page.getByText(/^Paused in epoch 1 of 2, step 1 of 84/).waitFor();
    await page.getByRole("button", { name: "Step" }).click();
    await page.getByText(/^Paused in epoch 1 of 2, step 2 of 84/).waitFor();
    const run = await saved(page, /Save the run/);

    const other = await open();
    await openFile(other, "run.safetensors", run);
    await other.getByRole("button", { name: "Go on training" }).click();
    expect(await runEnds(other)).toMatch(/^Done: epoch 2 of 2, step 84 of 84/);
    const resumed = await saved(other, /Save the model/);
    expect(weightsOf(resumed)).toEqual(weightsOf(whole));
  });
});
