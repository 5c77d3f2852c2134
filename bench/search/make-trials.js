/**
 * Makes the stored table of real trials: every configuration of a grid, trained on Fashion-MNIST, with its validation accuracy after
 * each epoch. Appends a line per trial and goes on where it stopped.
 *
 *     node bench/search/make-trials.js FASHION-MNIST-FOLDER [LINES.jsonl]
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { EPOCHS, fashionImages, fashionTrial, GRID, IMAGES, settingsOf, trialCount } from "./fashion.js";

const [folder, lines = "fashion-trials.jsonl"] = process.argv.slice(2);
if (folder === undefined) {
  console.error("Usage: node bench/search/make-trials.js FASHION-MNIST-FOLDER [LINES.jsonl]");
  process.exit(2);
}

const images = await fashionImages(folder);

const done = existsSync(lines) ? readFileSync(lines, "utf8").split("\n").filter(Boolean).map(JSON.parse) : [];
const known = new Set(done.map(({ index }) => index));
for (let index = 0; index < trialCount; index++) {
  if (known.has(index)) continue;
  const started = performance.now();
  const line = { index, right: await fashionTrial(images, settingsOf(index)) };
  appendFileSync(lines, `${JSON.stringify(line)}\n`);
  done.push(line);
  console.log(
    index,
    JSON.stringify(settingsOf(index)),
    ...line.right,
    `${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}
// As the formatter of the repository has it.
const text = (value) =>
  JSON.stringify(value)
    .replaceAll(",", ", ")
    .replaceAll(":", ": ")
    .replace(/^{(.*)}$/, "{ $1 }");
const rows = done.sort((a, b) => a.index - b.index).map(({ right }) => `    ${text(right)}`);
const grid = Object.entries(GRID).map(([key, values]) => `    "${key}": ${text(values)}`);
const parts = [
  '"data": "Fashion-MNIST"',
  `"images": ${text(IMAGES)}`,
  `"epochs": ${EPOCHS}`,
  `"grid": {\n${grid.join(",\n")}\n  }`,
  `"right": [\n${rows.join(",\n")}\n  ]`,
];
writeFileSync(
  new URL("fashion-trials.json", import.meta.url),
  `{\n${parts.map((part) => `  ${part}`).join(",\n")}\n}\n`,
);
