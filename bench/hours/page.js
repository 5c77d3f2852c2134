import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { chromium } from "playwright-core";
import { buildWeb } from "../../scripts/build-web.js";
import { found } from "./steps.js";

const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const ISOLATION = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };
const PATIENCE = 300_000;

/**
 * The first hour of a visitor of the page: trains by a click, draws a one, saves the model, opens it in a new page and on the command line.
 *
 * @param {import("./steps.js").Steps} steps
 */
export async function page(steps) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) {
    console.log(`      skipped: no Chromium at ${executablePath}, and none named by $CHROMIUM`);
    return;
  }
  const folder = join(steps.folder, "page");
  await steps.step("the page is built", () => buildWeb(folder));
  const server = createServer((request, response) => answer(folder, request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const address = `http://127.0.0.1:${server.address().port}/`;
    const file = join(steps.folder, "from-the-page.safetensors");
    await visit(steps, await open(browser, address), file);
    const other = await open(browser, address);
    await steps.step("a new page opens the saved model and reads a one", async () => {
      await other.getByLabel("Model file", { exact: true }).setInputFiles(file);
      await other.getByText("from-the-page.safetensors is loaded").waitFor({ timeout: PATIENCE });
      await readOne(other);
    });
    const told = await steps.convasm(["inspect", file]);
    await steps.step("the command line knows its layers", async () => found(told, /conv2d/));
    await steps.convasm(["eval", file, "digits", "--limit", "1000"]);
  } finally {
    await browser.close();
    server.close();
  }
}

/** Trains, reads a one, and saves. */
async function visit(steps, here, file) {
  await steps.step("a click on Start trains, and held-out digits are read", async () => {
    await here.getByRole("button", { name: /^Start/ }).click();
    await here.getByRole("button", { name: "Start again" }).waitFor({ timeout: PATIENCE });
    const readout = here.locator(".readouts > div").filter({ has: here.getByText("Held out", { exact: true }) });
    const accuracy = Number((await readout.locator("dd").innerText()).replace(/[ ,%]/g, ""));
    if (!(accuracy >= 95)) throw new Error(`expected at least 95 %, got ${accuracy}`);
  });
  await steps.step("a one that is drawn is read", () => readOne(here));
  await steps.step("the model is saved", async () => {
    await here.getByRole("tab", { name: "Train" }).click();
    const [download] = await Promise.all([
      here.waitForEvent("download"),
      here
        .getByRole("button", { name: "Model", exact: true })
        .click()
        .then(() => here.getByRole("menuitem", { name: /Save the model/ }).click()),
    ]);
    await download.saveAs(file);
  });
}

/** Draws a stroke from top to bottom on the pad, and waits until it is read as a one. */
async function readOne(here) {
  await here.getByRole("tab", { name: "Draw" }).click();
  const box = await here.locator(".pad").boundingBox();
  const at = (x, y) => [box.x + x * box.width, box.y + y * box.height];
  await here.mouse.move(...at(0.52, 0.2));
  await here.mouse.down();
  await here.mouse.move(...at(0.5, 0.5), { steps: 5 });
  await here.mouse.move(...at(0.48, 0.8), { steps: 5 });
  await here.mouse.up();
  await here.locator(".bar-best .bar-name", { hasText: /^1$/ }).waitFor({ timeout: PATIENCE });
}

/** Opens the page; all that it complains of ends the walk. */
async function open(browser, address) {
  const context = await browser.newContext({ acceptDownloads: true });
  const here = await context.newPage();
  here.on("pageerror", (error) => {
    throw error;
  });
  await here.goto(address);
  return here;
}

function answer(folder, { url }, response) {
  const { pathname } = new URL(url, "http://127.0.0.1");
  const path = join(folder, pathname === "/" ? "index.html" : pathname);
  const isThere = path.startsWith(folder) && existsSync(path);
  response.writeHead(isThere ? 200 : 404, {
    "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
    ...ISOLATION,
  });
  response.end(isThere ? readFileSync(path) : "");
}
