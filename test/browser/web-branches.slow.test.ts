import type { Locator, Page } from "playwright-core";
import { expect, it } from "vitest";
import { decodeSafetensors } from "../../src/formats/safetensors.ts";
import { loadModel } from "../../src/node.ts";
import { describeInChromium, useChromium } from "./chromium.ts";
import { openFile, readout, saved, setField, train, useWebPage, weightsOf } from "./web-page.ts";

/** The rows of the network's list, without those in blocks. */
function rowsOf(page: Page): Locator {
  return page.locator(".layer-list").first().locator("> .layers > li");
}

/** The lines of all rows, and the errors below them by their place. */
async function listOf(page: Page): Promise<{ lines: string[]; errors: Record<number, string> }> {
  const rows = rowsOf(page);
  const lines: string[] = [];
  const errors: Record<number, string> = {};
  for (let i = 0; i < (await rows.count()); i++) {
    const row = rows.nth(i);
    const [type, takes] = await Promise.all(
      [".layer-type", ".layer-takes"].map((part) => row.locator(part).innerText()),
    );
    lines.push(`${type} ${takes}`.trim());
    const error = row.locator(".layer-error");
    if (await error.isVisible()) errors[i] = await error.innerText();
  }
  return { lines, errors };
}

async function addBelow(row: Locator, type: string): Promise<void> {
  await row.getByLabel("Kind of layer").selectOption(type);
  await row.getByRole("button", { name: "Add below" }).click();
}

describeInChromium("a network of branches in the page", () => {
  const browser = useChromium();
  const open = useWebPage(browser);

  it("is built, trained, looked into, saved and opened again", async () => {
    const page = await open();
    await page.locator('[name="network"]').first().selectOption("network:conv8");
    expect((await listOf(page)).lines).toEqual(["conv2d", "maxPooling2d", "flatten", "dense"]);
    const row = (i: number) => rowsOf(page).nth(i);
    expect(await page.locator(".layer-lanes").count()).toBe(0);

    // A second convolution of the image itself: the first one leads nowhere then.
    await row(0).locator("summary").click();
    await addBelow(row(0), "conv2d");
    await row(1).getByLabel("Input", { exact: true }).selectOption("input");
    const { lines, errors } = await listOf(page);
    expect(lines).toEqual(["conv2d", "conv2d takes input", "maxPooling2d", "flatten", "dense"]);
    expect(errors).toEqual({ 0: expect.stringContaining("expected another layer to take its output") });

    await addBelow(row(1), "concatenate");
    expect(await listOf(page)).toEqual({
      lines: ["conv2d", "conv2d takes input", "concatenate takes conv2d, conv2d_1", "maxPooling2d", "flatten", "dense"],
      errors: {},
    });
    expect(await row(2).locator(".layer-shape").innerText()).toBe("26 × 26 × 24");
    expect(await page.locator(".layer-lanes").count()).toBe(6);

    // Who takes a layer by its old name says so.
    await row(0).getByLabel("Name").fill("first");
    await row(0).getByLabel("Name").blur();
    expect((await listOf(page)).errors).toEqual({ 2: expect.stringMatching(/names of input, first.*got "conv2d"$/) });
    await row(2).getByLabel("Inputs", { exact: true }).last().selectOption("first");
    expect((await listOf(page)).errors).toEqual({});
    expect((await listOf(page)).lines[2]).toBe("concatenate takes first, conv2d_1");

    // So does one whose input is removed.
    await row(1).getByRole("button", { name: "Remove", exact: true }).click();
    expect(Object.keys((await listOf(page)).errors)).toEqual(["1"]);
    await row(1).getByRole("button", { name: "Remove input 2" }).click();
    await row(1).getByRole("button", { name: "Add an input" }).click();
    expect((await listOf(page)).lines[1]).toBe("concatenate takes first, input");
    expect((await listOf(page)).errors[1]).toContain("concatenate");
    await row(1).getByLabel("Input 2", { exact: true }).selectOption("first");
    expect((await listOf(page)).errors).toEqual({});

    await setField(page, "epochs", "1");
    await train(page);
    expect(await readout(page, "Held out")).toBeGreaterThan(80);
    await page.getByRole("tab", { name: "Look inside" }).click();
    await expect
      .poll(() => page.locator(".activation-head .layer-type").allInnerTexts())
      .toEqual(["first (conv2d)", "concatenate", "maxPooling2d", "flatten", "dense"]);

    const bytes = await saved(page, /Save the model/);
    expect(Object.values(decodeSafetensors(bytes).metadata).join()).toContain('"inputs":["first","first"]');
    const model = await loadModel(bytes);
    expect(model.describe().layers[1].inputs).toEqual(["first", "first"]);

    const other = await open();
    await openFile(other, "branches.safetensors", bytes);
    await other.getByText("branches.safetensors is loaded").waitFor();
    expect(await listOf(other)).toEqual({
      lines: ["conv2d", "concatenate takes first, first", "maxPooling2d", "flatten", "dense"],
      errors: {},
    });
    expect(weightsOf(await saved(other, /Save the model/))).toEqual(weightsOf(bytes));
  });
});
