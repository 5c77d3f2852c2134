import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { convasmHere } from "./in-process.ts";
import { convasm, type Result, temporaryFolder } from "./process.ts";
import { TEST_LABELS, TRAIN_LABELS, writeSmallData } from "./small-data.ts";

const { path: cwd, remove } = temporaryFolder();
beforeAll(() => {
  writeSmallData(join(cwd, "small"), 600, 100);
});
afterAll(remove);

/** A training that takes long enough to be interrupted. */
const LONG = ["--json", "--model", "conv8", "--epochs", "60", "--batch-size", "7", "--lr", "0.005"];

/** Runs `convasm` and presses Ctrl-C a moment after `epochs` epochs of it. */
function interrupted(words: readonly string[], epochs: number, signal: NodeJS.Signals = "SIGINT"): Promise<Result> {
  let pressed = false;
  return convasm(words, {
    cwd,
    onOutput(stdout, child) {
      if (pressed || stdout.split('"event":"epoch"').length <= epochs) return;
      pressed = true;
      setTimeout(() => child.kill(signal), 20);
    },
  });
}

/** The same within this process. */
function interruptedHere(words: readonly string[], epochs: number): Promise<Result<number>> {
  let epoch = 0;
  return convasmHere(words, {
    cwd,
    onOutput(text, interrupt) {
      if (text.includes('"event":"epoch"') && ++epoch === epochs) interrupt();
    },
  });
}

async function trainedInOnePiece(words: readonly string[]): Promise<Result> {
  const result = await convasmHere(words, { cwd });
  expect(result.stderr).toBe("");
  return result;
}

/** The figures of each epoch that do not depend on the clock. */
function figures(...results: Result[]): Record<string, unknown>[] {
  return results
    .flatMap((result) => result.json())
    .filter(({ event }) => event === "epoch")
    .map(({ seconds: _s, imagesPerSecond: _i, ...rest }) => rest);
}

describe("a run that is interrupted and resumed", () => {
  const cases: [string, string[]][] = [
    ["with momentum", ["--model", "conv8", "--epochs", "8", "--batch-size", "7", "--lr", "0.005"]],
    [
      "with Adam, dropout, augmentation, a schedule and a held-out part",
      [
        ...[
          "--model",
          "keras",
          "--limit",
          "300",
          "--epochs",
          "6",
          "--batch-size",
          "20",
          "--optimizer",
          "adam",
          "--schedule",
          "cosine",
        ],
        ...[
          "--augment",
          "shift=2,rotate=10",
          "--validation",
          "100",
          "--early-stopping",
          "3",
          "--reduce-on-plateau",
          "1",
        ],
      ],
    ],
    [
      "with batch normalisation and RMSProp",
      ["--model", "batchnorm", "--limit", "240", "--batch-size", "30", "--epochs", "5", "--optimizer", "rmsprop"],
    ],
  ];

  it.each(cases)("ends with the same weights as one that was not, %s", async (name, settings) => {
    const words = ["train", "small", "--json", "--engine", "simd", "--threads", "1", "--seed", "3", ...settings];
    const whole = await trainedInOnePiece([...words, "--out", `${name} whole`]);
    const out = `${name} cut`;

    const first = await interruptedHere([...words, "--out", out], 1);
    expect(first.code, first.stderr).toBe(130);
    expect(first.stderr).toMatch(
      /^convasm: interrupted in epoch .*; nothing is lost, go on with: .* train --resume .*\n$/,
    );
    const { step, checkpoint } = first.event("interrupted");
    expect(existsSync(join(cwd, String(checkpoint)))).toBe(true);
    expect(existsSync(join(cwd, out, "model.safetensors"))).toBe(false);

    const second = await interruptedHere(["train", "--json", "--resume", out], 1);
    expect(second.code).toBe(130);
    expect(second.event("start").resumedAtStep).toBe(step);
    expect(Number(second.event("interrupted").step)).toBeGreaterThan(Number(step));

    const third = await trainedInOnePiece(["train", "--json", "--resume", String(checkpoint)]);
    expect(third.event("done").weightsSha256).toBe(whole.event("done").weightsSha256);
    expect(third.event("done").testAccuracy).toBe(whole.event("done").testAccuracy);
    expect(figures(first, second, third)).toEqual(figures(whole));

    const historyOf = (folder: string) =>
      readFileSync(join(cwd, folder, "history.csv"), "utf8").replace(/,[^,\n]*,[^,\n]*$/gm, "");
    expect(historyOf(out)).toBe(historyOf(`${name} whole`));
    expect(existsSync(join(cwd, String(checkpoint)))).toBe(false);
  });

  it("does so after a request to terminate, too, and is found without its name", async () => {
    const words = ["train", "small", ...LONG, "--limit", "300"];
    const first = await interrupted(words, 1, "SIGTERM");
    expect(first.code, first.stderr).toBe(130);
    const rest = await convasmHere(["train", "--resume", "--quiet"], { cwd });
    expect(rest.code).toBe(0);
    expect(rest.stdout).toMatch(/^Test accuracy/);
    const again = await convasmHere(["train", "--resume"], { cwd });
    expect(again.code).toBe(2);
    expect(again.stderr).toMatch(/^convasm: --resume: expected an unfinished run.*\n$/);
  });
});

describe("--resume", () => {
  const words = ["train", "moved", ...LONG];

  it("takes no other settings, and no other images", async () => {
    writeSmallData(join(cwd, "moved"), 600, 100);
    const first = await interrupted([...words, "--out", "fixed"], 1);
    expect(first.code, first.stderr).toBe(130);
    const surplus = await convasmHere(["train", "--resume", "fixed", "--lr", "1"], { cwd });
    expect(surplus.code).toBe(2);
    expect(surplus.stderr).toBe("convasm: --resume: expected no other settings than the checkpoint's, got --lr\n");

    const labels = readFileSync(join(cwd, "moved", TRAIN_LABELS));
    writeFileSync(join(cwd, "moved", TRAIN_LABELS), Buffer.from(labels).fill(labels[8], 8, 20));
    const changed = await convasmHere(["train", "--resume", "fixed"], { cwd });
    expect(changed.code).toBe(2);
    expect(changed.stderr).toMatch(/^convasm: resume: expected the images that the run began with in .*\n$/);
    // The test images have no part in the training.
    expect(existsSync(join(cwd, "moved", TEST_LABELS))).toBe(true);
  });
});

describe("Ctrl-C", () => {
  it("before the training has begun ends the program without a trace", async () => {
    let pressed = false;
    // The signal comes as soon as there is somebody to hear it, however long the start takes.
    const script =
      "const t=setInterval(()=>{if(process.listenerCount(`SIGINT`)){clearInterval(t);process.kill(process.pid,`SIGINT`)}},1)";
    const result = await convasm(["data", "digits", "--out", "never"], {
      cwd,
      env: { NODE_OPTIONS: `--import "data:text/javascript,${script}"` },
      onOutput: () => {
        pressed = true;
      },
    });
    expect(pressed).toBe(false);
    expect(result.code).toBe(130);
    expect(result.stderr).toBe("convasm: interrupted\n");
    expect(existsSync(join(cwd, "never", "train-images-idx3-ubyte"))).toBe(false);
  });

  it("twice ends it at once, and every file is whole", async () => {
    let sent = false;
    const result = await convasm(["train", "small", "--json", "--epochs", "1000", "--out", "twice", "--limit", "64"], {
      cwd,
      onOutput(stdout, child) {
        // Once: a signal that arrives while Node takes itself apart has nobody left to handle it.
        if (sent || !stdout.includes('"epoch":3')) return;
        sent = true;
        child.kill("SIGINT");
        child.kill("SIGINT");
      },
    });
    expect(result.code).toBe(130);
    const resumed = await convasmHere(["inspect", join("twice", "checkpoint.safetensors"), "--json"], { cwd });
    expect(resumed.event("model").finished).toBe(false);
  });
});
