/**
 * Compares ways to search on the stored trials, with equal numbers of epochs, and prints a table.
 *
 *     node bench/search/run.js [REPEATS]
 */
import { readFileSync } from "node:fs";
import { readSpace } from "../../dist/search/space.js";
import { createWay } from "../../dist/search/ways/create-way.js";
import { repeated, spaceOf, summary } from "./replay.js";

const repeats = Number(process.argv[2] ?? 20);
const table = JSON.parse(readFileSync(new URL("fashion-trials.json", import.meta.url), "utf8"));
const WAYS = ["random", "quasiRandom", "halving", "asha", "tpe"];

const best = Math.max(...table.right.map((counts) => counts[table.epochs - 1] / table.images.validation));
console.log(
  `${table.right.length} trials of ${table.epochs} epochs on ${table.data}; the best has ${(100 * best).toFixed(2)} %`,
);
console.log(
  `Accuracy in % after ${table.epochs} epochs of what a search takes for the best, mean of ${repeats} repeats`,
);
console.log(
  "± its standard error; in how many repeats it is better and worse than random search with the same seed.\n",
);
for (const isContinuous of [false, true]) {
  const space = readSpace(spaceOf(table, isContinuous));
  console.log(isContinuous ? "Any rate, between two stored ones interpolated" : "Stored settings alone");
  console.log(["workers  epochs", ...WAYS.map((way) => way.padEnd(22))].join("  ").trimEnd());
  for (const workers of [1, 4]) {
    for (const epochs of [90, 180, 270, 360]) {
      const limits = { repeats, workers, epochs };
      const create = (options, seed) => createWay(space, options, seed);
      const figures = WAYS.map((way) => repeated(create, table, { way, ...limits }));
      const cells = figures.map((values) => {
        const { mean, error } = summary(values);
        const better = values.filter((value, i) => value > figures[0][i]).length;
        const worse = values.filter((value, i) => value < figures[0][i]).length;
        return `${mean.toFixed(2)} ± ${error.toFixed(2)}${values === figures[0] ? "" : `  ${better}:${worse}`}`.padEnd(
          22,
        );
      });
      console.log([`${workers}`.padStart(7), `${epochs}`.padStart(6), ...cells].join("  ").trimEnd());
    }
  }
  console.log();
}
