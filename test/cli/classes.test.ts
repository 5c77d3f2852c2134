import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { smallTraining, writeClasses } from "./class-folders.ts";
import { convasm, temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
const run = (...words: string[]) => convasm(words, { cwd });
const here = (...names: string[]) => join(cwd, ...names);

beforeAll(async () => {
  writeClasses(here("pets", "train"), { cat: 20, dog: 20, hen: 20 });
  writeClasses(here("pets", "test"), { cat: 6, dog: 6, hen: 6 }, { seed: 2 });
  const trained = await run("train", "pets", ...smallTraining(cwd), "--out", "run", "--json");
  expect(trained.event("done").testAccuracy).toBe(1);
});
afterAll(remove);

describe("eval takes classes by name", () => {
  it("where a folder has some of the model's only, and says so", async () => {
    writeClasses(here("two", "test"), { hen: 5, dog: 7 }, { seed: 3 });
    const result = await run("eval", "run", "two", "--json");
    expect(result.stderr).toBe('the images to test on have none of the class "cat"\n');
    expect(result.event("done")).toMatchObject({ testAccuracy: 1, testImages: 12 });
    const { classes } = result.event("figures");
    expect(classes).toMatchObject([
      { name: "cat", support: 0 },
      { name: "dog", support: 7, recall: 1 },
      { name: "hen", support: 5, recall: 1 },
    ]);
  });

  it("and refuses those that the model does not have, with both lists", async () => {
    writeClasses(here("strange", "test"), { cat: 2, owl: 2 });
    const result = await run("eval", "run", "strange");
    expect(result.code).toBe(2);
    expect(result.stderr).toBe(
      'convasm: evaluate: expected classes of the model ("cat", "dog", "hen"), got "owl" in test ("cat", "owl")\n',
    );
  });
});
