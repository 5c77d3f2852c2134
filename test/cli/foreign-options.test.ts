import { expect, it } from "vitest";
import { withOurName } from "../../src/cli/foreign-options.ts";
import { createProgram } from "../../src/cli/main.ts";

/** The message of the error that words give. */
async function messageOf(...words: string[]): Promise<string> {
  const program = createProgram(new AbortController().signal);
  try {
    await program.parseAsync(words, { from: "user" });
  } catch (error) {
    const told = withOurName(error, program, words);
    return told instanceof Error ? told.message : "";
  }
  return "no error";
}

it.each([
  ["train --learning-rate 0.1", "unknown option '--learning-rate'; here it is --lr"],
  ["train --learning_rate=0.1", "unknown option '--learning_rate'; here it is --lr"],
  ["train --patience 3", "unknown option '--patience'; here it is --early-stopping"],
  ["train --batch_size 3", "unknown option '--batch_size'; here it is --batch-size"],
  ["train mnist --num-epochs 3", "unknown option '--num-epochs'; here it is --epochs"],
  ["train --wd 0.1", "unknown option '--wd'; here it is --weight-decay"],
  ["train --validation-split 0.1", "unknown option '--validation-split'; here it is --validation"],
  ["train --device cpu", "unknown option '--device'; here it is --engine"],
  ["train --output-dir x", "unknown option '--output-dir'; here it is --out"],
  ["recipes report --learning-rate 1", "unknown option '--learning-rate'; here it is --lr"],
  ["eval x --num-workers 2", "unknown option '--num-workers'; here it is --threads"],
  // An option that a command has itself keeps its name, and one that it lacks is not told.
  ["bench --nett keras", "error: unknown option '--nett'\n(Did you mean --net?)"],
  ["inspect x --learning-rate 1", "error: unknown option '--learning-rate'"],
])("convasm %s: %s", async (line, message) => {
  expect(await messageOf(...line.split(" "))).toBe(message);
});
