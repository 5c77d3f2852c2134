/**
 * Runs as Markdown tables.
 *
 * @module
 */

import { PUBLISHED } from "./notebooks.js";
import { figure } from "./table.js";

/** @import { Run } from "./records.js" */

/** @typedef {Run["rows"][number]} Row */

/** @param {readonly string[]} head @param {readonly (readonly string[])[]} rows */
function table(head, rows) {
  const rule = head.map((_, i) => (i < 2 ? "---" : "--:"));
  return [head, rule, ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** @param {Row | undefined} row */
const speed = (row) => (row?.imagesPerSecond === undefined ? "–" : figure(row.imagesPerSecond));

/** @param {Row | undefined} a @param {Row | undefined} b how many times as fast a is as b */
function ratio(a, b) {
  if (a?.imagesPerSecond === undefined || b?.imagesPerSecond === undefined) return "–";
  return `**${figure(a.imagesPerSecond / b.imagesPerSecond)}**`;
}

/** Rows of one network, batch size and mode. @param {readonly Row[]} rows */
class Cell {
  /** @param {readonly Row[]} rows */
  constructor(rows) {
    this.rows = rows;
    const [{ net, batch, mode }] = rows;
    this.names = [net, String(batch)];
    this.mode = mode;
  }

  /** @param {string} peer @param {number} threads the fastest one, such as the best engine of convasm */
  find(peer, threads) {
    const found = this.rows.filter((row) => row.peer === peer && row.threads === threads);
    return found.reduce(
      (best, row) => ((row.imagesPerSecond ?? 0) > (best?.imagesPerSecond ?? 0) ? row : best),
      found[0],
    );
  }
}

/** @param {readonly Row[]} rows */
function cellsOf(rows) {
  /** @type {Map<string, Row[]>} */
  const groups = new Map();
  for (const row of rows) {
    const key = `${row.net} ${row.batch} ${row.mode}`;
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  return [...groups.values()].map((group) => new Cell(group));
}

/** @param {"train" | "infer"} mode */
const title = (mode) => (mode === "train" ? "Training" : "Inference");

/** @param {readonly Cell[]} cells @param {readonly number[]} threads */
function againstPyTorch(cells, threads) {
  const columns = threads.flatMap((count) => {
    const name = `${count} thread${count === 1 ? "" : "s"}`;
    return [`PyTorch, ${name}`, `convasm, ${name}`, "ratio"];
  });
  const rows = cells.map((cell) => [
    ...cell.names,
    ...threads.flatMap((count) => {
      const [ours, theirs] = [cell.find("convasm", count), cell.find("pytorch", count)];
      return [speed(theirs), speed(ours), ratio(ours, theirs)];
    }),
    [...new Set(threads.map((count) => cell.find("pytorch", count)?.setting ?? "–"))].join(" / "),
  ]);
  return table(["network", "batch", ...columns, "PyTorch's best setting"], rows);
}

const OTHERS = [
  ["onnxruntime-native", "ONNX Runtime"],
  ["onnxruntime", "ONNX Runtime Web"],
  ["tfjs-wasm", "TensorFlow.js wasm"],
  ["tfjs-cpu", "TensorFlow.js cpu"],
  ["jax-js", "jax-js"],
  ["convnetjs", "ConvNetJS"],
  ["convasm-js", "convasm js"],
];

/** @param {readonly Cell[]} cells */
function againstOthers(cells) {
  const columns = OTHERS.flatMap(([peer, name]) => {
    const rows = cells.flatMap((cell) => cell.rows.filter((row) => row.peer === peer));
    const measured = rows.filter(({ imagesPerSecond }) => imagesPerSecond !== undefined);
    return [...new Set(measured.map((row) => row.threads))].map((threads) => ({ peer, name, threads }));
  });
  const head = columns.map(({ name, threads }) => (threads === 1 ? name : `${name}, ${threads} threads`));
  const rows = cells.map((cell) => [
    ...cell.names,
    speed(cell.find("convasm", 1)),
    ...columns.map(({ peer, threads }) => {
      const row = cell.find(peer, threads);
      if (row?.imagesPerSecond === undefined) return "–";
      const smaller = row.measuredBatch === undefined ? "" : ` at batch ${row.measuredBatch}`;
      return `${speed(row)}${smaller} (${ratio(cell.find("convasm", threads), row)})`;
    }),
  ]);
  return table(["network", "batch", "convasm, 1 thread", ...head], rows);
}

/** @param {readonly Cell[]} cells @param {readonly number[]} threads each network's best engine beside its best peer */
function byNetwork(cells, threads) {
  const rows = cells.flatMap((cell) =>
    threads.map((count) => {
      const of = (/** @type {(row: Row) => boolean} */ wanted) =>
        cell.rows.find((row) => row.threads === count && wanted(row));
      const engines = ["relaxed", "wide"].map((engine) => of(({ contender }) => contender === `convasm ${engine}`));
      const peers = ["pytorch", "onnxruntime-native", "onnxruntime"].map((name) => of(({ peer }) => peer === name));
      const fastest = (/** @type {(Row | undefined)[]} */ some) =>
        some.reduce((best, row) => ((row?.imagesPerSecond ?? 0) > (best?.imagesPerSecond ?? 0) ? row : best));
      const work = title(cell.mode).toLowerCase();
      return [
        ...cell.names,
        work,
        String(count),
        ...[...engines, ...peers].map(speed),
        ratio(fastest(engines), fastest(peers)),
      ];
    }),
  );
  const programs = ["relaxed", "wide", "PyTorch", "ONNX Runtime", "ONNX Runtime Web"];
  return table(["network", "batch", "work", "threads", ...programs, "best to best"], rows);
}

/** @param {readonly Cell[]} cells @param {readonly number[]} threads */
function againstNumPy(cells, threads) {
  const columns = threads.flatMap((count) => [`convasm, ${count} thread${count === 1 ? "" : "s"}`, "ratio"]);
  const rows = cells.map((cell) => {
    const numpy = cell.find("numpy", 1);
    const ours = threads.flatMap((count) => [
      speed(cell.find("convasm", count)),
      ratio(cell.find("convasm", count), numpy),
    ]);
    return [...cell.names, figure(Reflect.get(PUBLISHED, cell.names[0])), speed(numpy), ...ours];
  });
  return table(["recipe", "batch", "notebook, elsewhere", "NumPy", ...columns], rows);
}

/** Contenders that were not measured, with cells and reasons; one line a reason. @param {Run} run */
function missing({ rows, contenders }) {
  /** @type {Map<string, string[]>} */
  const reasons = new Map();
  for (const { contender, threads, net, batch, mode, missing: reason } of rows) {
    if (reason === undefined) continue;
    const key = `${contender}, ${title(mode).toLowerCase()}: ${reason}`;
    const place = `${net} ${batch}${threads > 1 ? ` (${threads} threads)` : ""}`;
    reasons.set(key, [...(reasons.get(key) ?? []), place]);
  }
  const lines = [...reasons].map(([key, places]) => `- ${key} [${places.join(", ")}]`);
  const notes = contenders.filter(({ note }) => note !== undefined && note !== null);
  return [...lines, ...notes.map(({ contender, threads, note }) => `- ${contender}, ${threads} threads: ${note}`)];
}

/** @param {Run} run */
function versions({ contenders }) {
  return contenders.map(({ contender, threads, modes, versions: list = {}, missing: reason }) => {
    const text = reason === undefined ? Object.entries(list).map((entry) => entry.join(" ")) : [`missing: ${reason}`];
    const name = `${contender}, ${threads} thread${threads === 1 ? "" : "s"}, ${modes.join(" and ")}`;
    return `- ${name}: ${text.join(", ")}`;
  });
}

/**
 * A run as Markdown.
 *
 * @param {Run} run
 * @returns {string}
 */
export function markdownOf(run) {
  const { machine, date, timing, quick, rows } = run;
  const peers = new Set(rows.map(({ peer }) => peer));
  const threads = [...new Set(rows.filter(({ peer }) => peer === "convasm").map((row) => row.threads))];
  const all = cellsOf(rows);
  const isKey = rows.some(({ key }) => key === true);
  const subject = isKey
    ? "the best program for each network"
    : peers.has("numpy")
      ? "NumPy"
      : peers.has("pytorch")
        ? "PyTorch"
        : "JavaScript and WebAssembly";
  const parts = [
    `### Against ${subject}: Node ${machine.node}`,
    `${machine.cpu}, ${machine.cores} cores, ${machine.system}, V8 ${machine.v8}, ${date}. Images per second: medians of ` +
      `${timing.rounds} slices of ${timing.seconds} s in turns.${quick ? " **Quick run: the figures mean nothing.**" : ""}`,
  ];
  const alone = rows.filter(({ threads: count, busy }) => count === 1 && busy !== undefined);
  const disturbed = alone.filter(({ busy = 1 }) => busy < 0.9).length;
  if (disturbed > alone.length / 10) {
    const share = Math.round((100 * disturbed) / alone.length);
    parts.push(`**Other programs were running:** ${share} % of the rows on one thread had less than 90 % of a core.`);
  }
  if (isKey) parts.push(byNetwork(all, threads));
  for (const mode of /** @type {const} */ (isKey ? [] : ["train", "infer"])) {
    const cells = all.filter((cell) => cell.mode === mode);
    if (cells.length === 0) continue;
    if (peers.has("numpy")) parts.push(againstNumPy(cells, threads));
    if (peers.has("pytorch")) parts.push(`#### ${title(mode)}: PyTorch`, againstPyTorch(cells, threads));
    if (OTHERS.some(([peer]) => peers.has(peer))) {
      parts.push(`#### ${title(mode)}: JavaScript and WebAssembly`, againstOthers(cells));
    }
  }
  const absent = missing(run);
  if (absent.length > 0) parts.push("Not measured:", absent.join("\n"));
  parts.push("Versions:", versions(run).join("\n"));
  return `${parts.join("\n\n")}\n`;
}
