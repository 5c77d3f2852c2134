import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { convasmHere } from "./in-process.ts";
import { temporaryFolder } from "./process.ts";

const { path: cwd, remove } = temporaryFolder();
afterAll(remove);

const train = (...words: string[]) => {
  const all = ["train", "digits", "--limit", "200", "--test-range", "test:0:50", "--engine", "simd", "--threads", "1"];
  return convasmHere([...all, "--batch-size", "20", ...words], { cwd });
};

it("--teacher trains with a model's answers, and a resumed run asks it again", async () => {
  expect((await train("--model", "conv8", "--epochs", "2", "--out", "large")).code).toBe(0);
  const words = ["--model", "conv8", "--teacher", "large", "--temperature", "2", "--teacher-weight", "0.5"];
  const whole = await train(...words, "--epochs", "2", "--out", "whole");
  expect([whole.code, whole.stderr]).toEqual([0, ""]);
  expect(whole.stdout).toMatch(/^Teacher {3}.*large.*: [\d.]+ % of the images to train on are right$/m);
  const settings = JSON.parse(readFileSync(join(cwd, "whole", "settings.json"), "utf8"));
  expect(settings.teacher).toBe(join(cwd, "large", "model.safetensors"));
  expect(settings.loss).toEqual({ type: "distillation", temperature: 2, teacherWeight: 0.5 });

  expect((await train(...words, "--schedule", "constant", "--epochs", "1", "--out", "half")).code).toBe(0);
  const further = await convasmHere(["train", "--resume", "half", "--epochs", "2", "--threads", "1"], { cwd });
  expect([further.code, further.stdout]).toEqual([0, expect.stringMatching(/^Teacher {3}/m)]);
  expect((await train(...words, "--schedule", "constant", "--epochs", "2", "--out", "straight")).code).toBe(0);
  const model = (name: string) =>
    readFileSync(join(cwd, name, "history.csv"), "utf8")
      .split("\n")[2]
      .split(",")[1];
  expect(model("half")).toBe(model("straight"));
});

it("says what is wrong with it, and ends with 2", async () => {
  for (const [words, message] of [
    [["--teacher", "nothing"], 'cannot read "nothing"'],
    [["--temperature", "2"], "--temperature and --teacher-weight with --teacher"],
    [["--loss", "distillation"], "--teacher MODEL and the loss distillation together, got no --teacher"],
    [["--teacher", "large", "--loss", "softmaxCrossEntropy"], "got --loss softmaxCrossEntropy"],
  ] as const) {
    const { code, stderr } = await train(...words);
    expect([code, stderr], words.join(" ")).toEqual([2, expect.stringContaining(message)]);
  }
});
