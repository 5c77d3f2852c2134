/**
 * The view "Teach", opened and watched: for the tests of it.
 *
 * @module
 */

import type { Page } from "playwright-core";
import { encodePng } from "../data/png-writer.ts";

/** A picture of one colour with some noise: red for 0, green for 1, blue for 2. */
export function colourPicture(colour: number, seed: number): Buffer {
  const noise = (x: number, y: number) => ((x * 31 + y * 17 + seed * 7919) * 2654435761) % 97;
  const sample = (x: number, y: number, channel: number) => noise(x, y) + (channel === colour ? 130 : 20);
  return Buffer.from(encodePng({ width: 60, height: 48, depth: 8, colourType: 2, sample }));
}

/** Files of pictures of one colour. */
export function colourFiles(colour: number, count: number) {
  return Array.from({ length: count }, (_, i) => ({
    name: `${colour}-${i}.png`,
    mimeType: "image/png",
    buffer: colourPicture(colour, i),
  }));
}

/** Shows the view, and waits until it is there. */
export async function openTeach(page: Page): Promise<void> {
  await page.getByRole("tab", { name: "Teach" }).click();
  await page.getByRole("region", { name: "Class Class 2" }).waitFor();
}

/** The card of a class. */
export const classCard = (page: Page, name: string) => page.getByRole("region", { name: `Class ${name}`, exact: true });

/** The pictures of a class. */
export const picturesOf = (page: Page, name: string) => classCard(page, name).locator(".teach-picture");

/** Gives a class files. */
export async function giveFiles(
  page: Page,
  name: string,
  files: readonly { name: string; mimeType: string; buffer: Buffer }[],
): Promise<void> {
  await classCard(page, name)
    .getByLabel("Add files")
    .first()
    .setInputFiles([...files]);
}

/** Waits until something was learned that was not before; gives the line that says so. */
export async function learns(page: Page, what: string | RegExp): Promise<string> {
  const line = page.locator(".teach-status").filter({ hasText: what });
  await line.waitFor();
  return line.innerText();
}

/** Frames that were drawn each second while something happened, and the longest time without one, in milliseconds. */
export interface Smoothness {
  readonly perSecond: number;
  readonly longestGap: number;
}

/** Counts the frames that are drawn while something happens. */
export async function smoothness(page: Page, work: () => Promise<void>): Promise<Smoothness> {
  await page.evaluate(() => {
    const times: number[] = [];
    Object.assign(globalThis, { drawn: times });
    const draw = (now: number) => {
      times.push(now);
      requestAnimationFrame(draw);
    };
    requestAnimationFrame(draw);
  });
  await work();
  return page.evaluate(() => {
    const times: number[] = Reflect.get(globalThis, "drawn");
    const gaps = times.slice(1).map((time, i) => time - times[i]);
    const seconds = (times[times.length - 1] - times[0]) / 1000;
    return { perSecond: gaps.length / seconds, longestGap: Math.max(...gaps) };
  });
}

/** Which of some mean colours the camera's picture is nearest to; -1 before there is one. */
export async function seenScene(page: Page, means: readonly (readonly number[])[]): Promise<number> {
  return page.evaluate((colours) => {
    const video = document.querySelector("video");
    const context = new OffscreenCanvas(8, 6).getContext("2d");
    if (video === null || video.videoWidth === 0 || context === null) return -1;
    context.drawImage(video, 0, 0, 8, 6);
    const { data } = context.getImageData(0, 0, 8, 6);
    const mean = [0, 1, 2].map((channel) => data.filter((_, i) => i % 4 === channel).reduce((a, b) => a + b, 0) / 48);
    const far = colours.map((colour) => Math.hypot(...colour.map((value, channel) => value - mean[channel])));
    return far.indexOf(Math.min(...far));
  }, means);
}
