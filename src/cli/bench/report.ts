import type { KernelRow } from "../../bench/kernel-bench.ts";
import type { NetworkRow } from "../../bench/network-bench.ts";
import { settingName } from "../../bench/setting.ts";
import type { Timing } from "../../bench/timing.ts";
import { count, percent, table } from "../format.ts";

/** Half the distance of the quartiles as a share of the median: half of the samples lie that close to it, more or less. */
function spread({ median, lower, upper }: Timing): string {
  return `±${Math.max(1, Math.round((50 * (upper - lower)) / median))} %`;
}

/** GFLOP/s in three digits; empty for kernels that do not multiply. */
export function gflopsText(value: number): string {
  return value === 0 ? "" : value.toFixed(value < 10 ? 2 : 1);
}

function shareOfPeak({ gflops, peakGflops }: { gflops: number; peakGflops: number }): string {
  return `${Math.round((100 * gflops) / peakGflops)} %`;
}

/** A kernel's share of the bandwidth of `scale`, in percent; empty for kernels that multiply. */
function shareOfScale({ gigabytesPerSecond, scaleGigabytesPerSecond }: KernelRow): string {
  if (scaleGigabytesPerSecond === undefined) return "";
  return `${Math.round((100 * gigabytesPerSecond) / scaleGigabytesPerSecond)} %`;
}

/** The threads of a row, as they were asked for. */
function threadsText({ threadsAsked }: NetworkRow | KernelRow): string {
  return String(threadsAsked);
}

/** The speed divided by that of plain JavaScript on the same work. */
function timesJs<Row extends NetworkRow | KernelRow>(row: Row, rows: readonly Row[]): number | undefined {
  const js = rows.find((other) => other.engine === "js" && sameWork(other, row));
  return js === undefined ? undefined : js.timing.median / row.timing.median;
}

function sameWork(a: NetworkRow | KernelRow, b: NetworkRow | KernelRow): boolean {
  if ("net" in a) return "net" in b && a.net === b.net && a.batch === b.batch && a.mode === b.mode;
  return "kernel" in b && a.kernel === b.kernel && a.shape === b.shape;
}

/** The factor against plain JavaScript in few digits; empty without that to compare with. */
export function timesJsText<Row extends NetworkRow | KernelRow>(row: Row, rows: readonly Row[]): string {
  const times = timesJs(row, rows);
  return times === undefined ? "" : times.toFixed(times < 9.95 ? 1 : 0);
}

/** Adds the column of times, where there is plain JavaScript to compare with. */
function withTimes<Row extends NetworkRow | KernelRow>(
  header: readonly string[],
  rows: readonly Row[],
  cells: (row: Row) => readonly string[],
): string[][] {
  const comparable = rows.some(({ engine }) => engine === "js");
  const last = (text: string) => (comparable ? [text] : []);
  return [[...header, ...last("x js")], ...rows.map((row) => [...cells(row), ...last(timesJsText(row, rows))])];
}

/** The networks as a table for people. */
export function networkTable(rows: readonly NetworkRow[]): string[] {
  if (rows.length === 0) return [];
  const header = ["network", "mode", "engine", "threads", "batch", "images/s", "", "GFLOP/s", "of peak"];
  const cells = (row: NetworkRow) => [
    row.net,
    row.mode,
    row.engine,
    threadsText(row),
    String(row.batch),
    count(row.imagesPerSecond),
    spread(row.timing),
    gflopsText(row.gflops),
    shareOfPeak(row),
  ];
  return table(withTimes(header, rows, cells), 3);
}

/** The kernels as a table for people: the share of the peak of those that multiply, of `scale`'s bandwidth of the others. */
export function kernelTable(rows: readonly KernelRow[]): string[] {
  if (rows.length === 0) return [];
  const header = ["kernel", "shape", "engine", "threads", "GFLOP/s", "", "of peak", "GB/s", "of scale"];
  const cells = (row: KernelRow) => [
    row.kernel,
    row.shape,
    row.engine,
    threadsText(row),
    gflopsText(row.gflops),
    spread(row.timing),
    row.multiplies ? shareOfPeak(row) : "",
    row.gigabytesPerSecond.toFixed(1),
    shareOfScale(row),
  ];
  return table(withTimes(header, rows, cells), 3);
}

/**
 * "relaxed with 2 threads is 41 times, relaxed 21 times, simd 14 times as fast as plain JavaScript (keras, training, batch 128)":
 * the first network at its largest batch, else the first kernel.
 *
 * @param most engines that are named, fastest first
 */
export function headline(
  networks: readonly NetworkRow[],
  kernels: readonly KernelRow[],
  most = Number.POSITIVE_INFINITY,
): string | undefined {
  const [first] = networks;
  const same = networks.filter(({ net, mode }) => net === first?.net && mode === first?.mode);
  const network = same.find(({ batch }) => batch === Math.max(...same.map((row) => row.batch)));
  if (network !== undefined) {
    const mode = network.mode === "train" ? "training" : "inference";
    return comparison(network, networks, `${network.net}, ${mode}, batch ${network.batch}`, most);
  }
  const [kernel] = kernels;
  return kernel === undefined ? undefined : comparison(kernel, kernels, `${kernel.kernel}, ${kernel.shape}`, most);
}

function comparison<Row extends NetworkRow | KernelRow>(
  first: Row,
  rows: readonly Row[],
  what: string,
  most: number,
): string | undefined {
  const parts = rows.flatMap((row) => {
    const times = row.engine === "js" || !sameWork(row, first) ? undefined : timesJs(row, rows);
    const { engine, threadsAsked } = row;
    return times === undefined ? [] : [{ name: settingName({ engine, threads: threadsAsked }), times }];
  });
  if (parts.length === 0) return undefined;
  const sorted = parts.sort((a, b) => b.times - a.times).slice(0, most);
  const said = sorted.map(({ name, times }, i) => `${name}${i === 0 ? " is" : ""} ${times.toFixed(1)} times`);
  return `${said.join(", ")} as fast as plain JavaScript (${what})`;
}

/** Share of a core's time below which a measurement counts as disturbed by other programs. */
const BUSY = 0.9;

/** The warning that other programs took processor time away from a measurement; undefined where none did. */
export function busyWarning(rows: readonly (NetworkRow | KernelRow)[]): string | undefined {
  // Threads that wait take no time of their processors: only one alone tells.
  const alone = rows.filter(({ threads }) => threads === 1);
  const shares = alone.map(({ timing }) => timing.processorShare).sort((a, b) => a - b);
  const middle = shares[Math.floor(shares.length / 2)];
  if (middle === undefined || !(middle < BUSY)) return undefined;
  return (
    `convasm: other programs kept this machine busy: while measured, this one had ${percent(middle, 0)} of a core in the ` +
    "median; speeds and ratios are too low, and more so for what takes long"
  );
}
