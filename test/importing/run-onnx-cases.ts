// Runs the official node cases of ONNX that make-onnx-cases.py wrote, and prints a table by operator: passed, refused by name, failed.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isInputError } from "../../src/errors.ts";
import { importModel } from "../../src/importing/import-model.ts";

const [folder] = process.argv.slice(2);

/** Values of an array of some axes with its first one, the batch, and the others in another order. */
function reordered(data: readonly number[], dims: readonly number[], order: readonly number[]): number[] {
  const strides = dims.map((_, axis) => dims.slice(axis + 1).reduce((a, b) => a * b, 1));
  const to = order.map((axis) => dims[axis]);
  return Array.from({ length: data.length }, (_, i) => {
    let rest = i;
    let at = 0;
    for (let axis = to.length - 1; axis >= 0; axis--) {
      at += (rest % to[axis]) * strides[order[axis]];
      rest = Math.floor(rest / to[axis]);
    }
    return data[at];
  });
}

/** The axes in the order in which images lie here: channels last. */
const imageOrder = (rank: number) =>
  rank === 4 ? [0, 2, 3, 1] : rank === 3 ? [0, 2, 1] : Array.from({ length: rank }, (_, i) => i);

/** Undefined for a case that passes; else "refused", or the fault. */
async function faultOf(name: string, facts: Facts): Promise<string | undefined> {
  const bytes = readFileSync(join(folder, `${name}.onnx`));
  const imported = await importModel(bytes, { engine: "js", input: "raw", batchSize: facts.input.dims[0] ?? 1 }).catch(
    (error: unknown) => {
      if (isInputError(error) && !error.message.includes("\n")) return error;
      throw error;
    },
  );
  if (imported instanceof Error) return `refused: ${imported.message.replace(/^importModel: /, "")}`;
  const { model } = imported;
  const { dims, data } = facts.input;
  const x = Float32Array.from(reordered(data, dims, imageOrder(dims.length)));
  const got = Object.values(await model.predictOutputs(x));
  model.dispose();
  for (const [i, { dims: shape, data: values }] of facts.outputs.slice(0, got.length).entries()) {
    const all = Array.from({ length: shape.length }, (_, axis) => axis);
    // Outputs of several axes have their channels last, unless a transposition put them there in the file.
    const orders = shape.length < 3 ? [all] : [[0, ...all.slice(2), 1], all];
    const isNear = (expected: readonly number[]) =>
      expected.every((value, j) => Math.abs(value - got[i][j]) <= 1e-4 + 1e-4 * Math.abs(value));
    if (got[i].length !== values.length || !orders.some((order) => isNear(reordered(values, shape, order))))
      return `failed: ${[...got[i].slice(0, 4)]}, expected ${values.slice(0, 4)}`;
  }
  return undefined;
}

interface Facts {
  readonly operator: string;
  readonly input: { readonly dims: readonly number[]; readonly data: readonly number[] };
  readonly outputs: readonly { readonly dims: readonly number[]; readonly data: readonly number[] }[];
}

const rows = new Map<string, { passed: number; refused: number; failed: number }>();
for (const file of readdirSync(folder).filter((name) => name.endsWith(".json"))) {
  const name = file.slice(0, -".json".length);
  const facts: Facts = JSON.parse(readFileSync(join(folder, file), "utf8"));
  const fault = await faultOf(name, facts).catch(
    (error: unknown) => `failed: ${error instanceof Error ? error.stack : error}`,
  );
  const row = rows.get(facts.operator) ?? { passed: 0, refused: 0, failed: 0 };
  rows.set(facts.operator, row);
  if (fault === undefined) row.passed += 1;
  else if (fault.startsWith("refused")) row.refused += 1;
  else row.failed += 1;
  if (fault !== undefined) console.error(`${name}: ${fault}`);
}
console.log("| operator | passed | refused by name | failed |\n|---|---|---|---|");
for (const [operator, { passed, refused, failed }] of [...rows].sort()) {
  console.log(`| ${operator} | ${passed} | ${refused} | ${failed} |`);
}
