// `convasm train` with its defaults beside PyTorch with the same network and schedule, in turns, over several seeds.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { KEEP_MEMORY } from "./driver/contenders.js";
import { machine } from "./driver/machine.js";
import { median } from "./driver/statistics.js";

const USAGE = `Usage: node mnist.js FOLDER [options]

Trains the recipe speed99 on MNIST in convasm and in PyTorch, in turns, and prints the seconds of the epoch and the accuracy
on the test images.

  FOLDER         the four IDX files, packed with gzip
  --seeds N      seeds 1 to N (default: 5)
  --threads N    (default: 2)
  --engine NAME  convasm's engine (default: auto)
  --python FILE  Python with PyTorch (default: python3)
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: "string", default: "5" },
    threads: { type: "string", default: "2" },
    engine: { type: "string", default: "auto" },
    python: { type: "string", default: "python3" },
    help: { type: "boolean", short: "h", default: false },
  },
});
const [folder] = positionals;
if (values.help || folder === undefined) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

const CONVASM = fileURLToPath(new URL("../../bin/convasm.js", import.meta.url));
const PYTORCH = fileURLToPath(new URL("python/mnist.py", import.meta.url));

/** @param {string} command @param {readonly string[]} args @param {Readonly<Record<string, string>>} [env] */
const lastLine = (command, args, env = {}) => {
  const output = execFileSync(command, args, { encoding: "utf8", env: { ...process.env, ...env }, stdio: "pipe" });
  return JSON.parse(output.trim().split("\n").at(-1) ?? "");
};

const out = mkdtempSync(join(tmpdir(), "convasm-mnist-"));

/** @param {number} seed */
function convasm(seed) {
  const settings = ["--seed", `${seed}`, "--threads", values.threads, "--engine", values.engine];
  const words = ["train", "--data", folder, ...settings, "--out", out, "--overwrite", "--json"];
  const { trainSeconds, testAccuracy } = lastLine(process.execPath, [CONVASM, ...words]);
  return { seconds: trainSeconds, accuracy: testAccuracy };
}

/** @param {string} way @param {string} layout */
const pytorch = (way, layout) => (/** @type {number} */ seed) => {
  const settings = ["--seed", `${seed}`, "--threads", values.threads, "--way", way, "--layout", layout];
  return lastLine(values.python, [PYTORCH, folder, ...settings], KEEP_MEMORY);
};

const contenders = [
  { name: `convasm, ${values.engine}`, run: convasm },
  ...["eager", "compiled"].flatMap((way) =>
    ["contiguous", "channels_last"].map((layout) => ({
      name: `PyTorch, ${way}, ${layout}`,
      run: pytorch(way, layout),
    })),
  ),
];
/** @type {number[]} */
const none = [];
const results = contenders.map((contender) => ({ ...contender, seconds: [...none], accuracies: [...none] }));
try {
  for (let seed = 1; seed <= Number(values.seeds); seed++) {
    for (const { name, run, seconds, accuracies } of results) {
      const { seconds: taken, accuracy } = run(seed);
      seconds.push(taken);
      accuracies.push(accuracy);
      console.error(`seed ${seed}  ${name}: ${taken.toFixed(2)} s, ${(100 * accuracy).toFixed(2)} %`);
    }
  }
} finally {
  rmSync(out, { recursive: true, force: true });
}

const { cpu, cores, node } = machine();
console.log(`${cpu}, ${cores} cores, Node ${node}; ${values.threads} threads, seeds 1 to ${values.seeds}\n`);
console.log("| program | seconds, median | test accuracy, mean | lowest | highest |");
console.log("| --- | --: | --: | --: | --: |");
for (const { name, seconds, accuracies } of results) {
  const mean = accuracies.reduce((sum, value) => sum + value, 0) / accuracies.length;
  const share = (/** @type {number} */ value) => `${(100 * value).toFixed(2)} %`;
  const figures = [share(mean), share(Math.min(...accuracies)), share(Math.max(...accuracies))];
  console.log(`| ${[name, median(seconds).toFixed(2), ...figures].join(" | ")} |`);
}
