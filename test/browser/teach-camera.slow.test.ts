// The view "Teach" and a camera: ten seconds of each of two scenes, and a third stretch is told apart.

import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { meanColour } from "./camera-video.ts";
import { CHROMIUM, describeInChromium, useChromium } from "./chromium.ts";
import { BACKBONE, PHOTOGRAPHS, sceneries, writeFilm } from "./scenes.ts";
import { classCard, learns, openTeach, picturesOf, seenScene, smoothness } from "./teach-page.ts";
import { useWebPage } from "./web-page.ts";

/** Milliseconds that a class' button is held, and that the answers are watched. */
const HELD = 9_500;
const WATCHED = 11_000;

/** Milliseconds between two looks at the answer, and looks around a change of scene that do not count. */
const LOOK = 100;
const AROUND = 5;

const FILM = join(tmpdir(), `convasm-teach-${process.pid}.y4m`);
const CAMERA = ["--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${FILM}`];

if (PHOTOGRAPHS === undefined) console.log("skipped: no photographs of ants and bees for the camera of Teach");
const isReady = CHROMIUM !== undefined && PHOTOGRAPHS !== undefined;

describe.skipIf(!isReady)("a camera in the view Teach", () => {
  let means: readonly (readonly number[])[] = [];
  beforeAll(async () => {
    const scenes = await sceneries(PHOTOGRAPHS ?? "");
    means = scenes.map(meanColour);
    await writeFilm(FILM, scenes);
  });

  describeInChromium("that sees two scenes", () => {
    const browser = useChromium([...CAMERA, "--use-fake-ui-for-media-stream"]);
    const open = useWebPage(browser);

    async function until(page: Page, scene: number): Promise<void> {
      await expect.poll(() => seenScene(page, means), { timeout: 60_000, interval: 100 }).toBe(scene);
    }

    async function hold(page: Page, name: string): Promise<void> {
      await classCard(page, name)
        .getByRole("button", { name: /^Hold to record/ })
        .hover();
      await page.mouse.down();
      await page.waitForTimeout(HELD);
      await page.mouse.up();
    }

    /** Teaches both scenes, and gives the share of later looks that are right. */
    async function teaches(page: Page, title: string): Promise<number> {
      const requests: string[] = [];
      page.on("request", (request) => requests.push(request.url()));
      await page.getByRole("button", { name: "Switch the camera on" }).click();
      const looks: { scene: number; answer: string }[] = [];
      const { perSecond, longestGap } = await smoothness(page, async () => {
        // The film begins when the camera is switched on.
        await until(page, 0);
        await hold(page, "Class 1");
        await until(page, 1);
        await hold(page, "Class 2");
        await learns(page, /^Learned 2 classes/);
        await page.locator(".teach-look .bar-best").waitFor();
        // Until the film begins again, which it was taught by.
        for (const end = Date.now() + WATCHED; Date.now() < end; ) {
          looks.push({
            scene: await seenScene(page, means),
            answer: await page.locator(".teach-look .answer").innerText(),
          });
          await page.waitForTimeout(LOOK);
        }
      });
      const counted = looks.filter(({ scene }, i) =>
        looks.slice(Math.max(0, i - AROUND), i + AROUND + 1).every((other) => other.scene === scene),
      );
      const right = counted.filter(({ scene, answer }) => answer === `Class ${scene + 1}`).length;
      const kept = [await picturesOf(page, "Class 1").count(), await picturesOf(page, "Class 2").count()];
      console.log(
        `${title}: ${right} of ${counted.length} looks right after ${kept.join(" and ")} pictures; ` +
          `${perSecond.toFixed(1)} frames/s, the longest gap ${longestGap.toFixed(0)} ms; ${await page.locator(".teach-status").innerText()}`,
      );
      expect(new Set(counted.map(({ scene }) => scene)).size).toBe(2);
      expect(Math.min(...kept)).toBeGreaterThan(10);
      // Only the page's own files, and pictures in its memory.
      const { origin } = new URL(page.url());
      expect(requests.filter((url) => !url.startsWith(origin) && !url.startsWith("blob:"))).toEqual([]);
      expect(longestGap).toBeLessThan(2000);
      return right / counted.length;
    }

    it.skipIf(BACKBONE === undefined)("tells them apart by a backbone", async () => {
      const page = await open();
      await openTeach(page);
      await page.getByLabel("File of a backbone").setInputFiles(BACKBONE ?? "");
      await page.getByRole("button", { name: "Use it so" }).click();
      await page.getByRole("radio", { name: /^efficientnet-lite0.onnx/ }).waitFor();
      expect(await teaches(page, "teach, EfficientNet-Lite0")).toBeGreaterThanOrEqual(0.95);
      expect(await page.locator(".teach-state .note").innerText()).toMatch(/^Checked on stretches of pictures/);
    });

    it("tells them apart without a backbone", async () => {
      const page = await open();
      await openTeach(page);
      expect(await teaches(page, "teach, no backbone")).toBeGreaterThanOrEqual(0.95);
    });
  });

  describeInChromium("that is refused, or is not there", () => {
    const refusing = useChromium([...CAMERA, "--deny-permission-prompts"]);
    const open = useWebPage(refusing);
    const without = useChromium(["--use-fake-ui-for-media-stream"]);
    const openWithout = useWebPage(without);

    it.each([
      ["refused", open, "This page may not use the camera."],
      ["not there", openWithout, "There is no camera that could be used."],
    ])("says so in one line: %s", async (_, openIt, line) => {
      const page = await openIt();
      await openTeach(page);
      await page.getByRole("button", { name: "Switch the camera on" }).click();
      await page.getByRole("alert").getByText(line).waitFor();
      // Holding a button says the same, and takes no pictures.
      await classCard(page, "Class 1")
        .getByRole("button", { name: /^Hold to record/ })
        .click();
      await page.getByRole("alert").getByText(line).waitFor();
      expect(await picturesOf(page, "Class 1").count()).toBe(0);
    });
  });
});
