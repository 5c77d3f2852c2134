import type { Peak } from "../../bench/peak.ts";
import { settingName } from "../../bench/setting.ts";
import { shorterPath } from "../context.ts";
import { count, counted, table } from "../format.ts";
import type { Style } from "../style.ts";
import type { Check, Fault } from "./checks.ts";
import type { EngineState, ThreadState } from "./engines.ts";
import type { DataPlace, Machine } from "./machine.ts";

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(1)} GB`;
}

/** The machine in lines for people. */
export function machineLines(version: string, machine: Machine): string[] {
  const { node, v8, system, cpu, cores, usableCores, coreLimit, memoryBytes, freeBytes, memoryLimitBytes } = machine;
  const usable = usableCores === cores ? "" : `, of which this process may use ${usableCores}`;
  const quota = coreLimit === null ? "" : `; a container limits it to the time of ${Number(coreLimit.toFixed(2))}`;
  const limit = memoryLimitBytes === null ? "" : `; a container limits it to ${gigabytes(memoryLimitBytes)}`;
  return [
    `convasm   ${version}`,
    `Node      ${node}, V8 ${v8}`,
    `System    ${system}`,
    `CPU       ${cpu}, ${counted(cores, "core")}${usable}${quota}`,
    `Memory    ${gigabytes(memoryBytes)}, ${gigabytes(freeBytes)} free${limit}`,
  ];
}

/** The line on MNIST. */
export function dataLine({ mnist, cache }: DataPlace): string {
  if (mnist !== null) return `Data      MNIST in ${shorterPath(mnist)}`;
  return `Data      no MNIST on this machine; \`convasm data mnist\` downloads it to ${cache}`;
}

/** Every engine, whether it is there, and why. */
export function engineLines(engines: readonly EngineState[], { style }: { style: Style }): string[] {
  const lines = engines.flatMap(({ engine, available, note, binaries }) => {
    const word = available ? style.green("yes") : style.dim("no ");
    const files = binaries.map(
      ({ name, bytes, sha256 }) =>
        `${" ".repeat(16)}${style.dim(`${name}.wasm, ${count(bytes)} bytes, SHA-256 ${sha256.slice(0, 16)}`)}`,
    );
    return [`  ${engine.padEnd(9)} ${word}  ${note}`, ...files];
  });
  return ["Engines", ...lines];
}

/** Threads, as their line. */
export function threadLine({ available, auto, startMilliseconds, note }: ThreadState): string {
  const why = note === "" ? "" : `; ${note}`;
  if (!available) return `Threads   none${why}`;
  return `Threads   shared memory and workers, ready in ${(startMilliseconds ?? 0).toFixed(0)} ms; auto takes ${auto}${why}`;
}

/** Titles of the checks. */
const TITLES = {
  kernels: (calls: number) => `${count(calls)} kernel calls against float64, whole and in slices`,
  gradients: (networks: number) => `every gradient of ${networks} networks`,
  threads: (networks: number) => `${networks} networks trained on two threads: the bits of one`,
} as const;

/** The checks, a line for each kind with the files or engines that passed, and a line for each that did not. */
export function checkLines(checks: readonly Check[], style: Style): string[] {
  const kinds = [...new Set(checks.map(({ check }) => check))];
  return kinds.flatMap((kind) => {
    const same = checks.filter(({ check }) => check === kind);
    const good = same.filter(({ faults }) => faults.length === 0).map(({ on }) => on);
    const bad = same.filter(({ faults }) => faults.length > 0);
    return [
      `  ${kind.padEnd(10)}${TITLES[kind](same[0].count)}`,
      ...(good.length > 0 ? [`            ${style.green("ok")}: ${good.join(", ")}`] : []),
      ...bad.flatMap(({ on, faults }) => [
        `            ${style.red("WRONG")}: ${on}, ${counted(faults.length, "fault")}`,
        ...faultLines(faults).map((line) => `              ${line}`),
      ]),
    ];
  });
}

/** The first fault of each kernel or network, and how many it has. */
function faultLines(faults: readonly Fault[]): string[] {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) {
    const name = "kernel" in fault ? fault.kernel : fault.net;
    groups.set(name, [...(groups.get(name) ?? []), fault]);
  }
  return [...groups.values()].map(([first, ...others]) => {
    return others.length === 0 ? first.message : `${first.message} (and ${others.length} more like it)`;
  });
}

/** The peaks as a table. */
export function peakLines(peaks: readonly Peak[]): string[] {
  const rows = peaks.map(({ setting, gflops }) => [settingName(setting), `${gflops.toFixed(1)} GFLOP/s`]);
  if (rows.length === 0) return [];
  return ["Peak of multiply-adds in registers", ...table(rows).map((line) => `  ${line}`)];
}

/** A fault as `--json` prints it; NaN and infinities, which JSON lacks, as words. */
export function faultJson(fault: Fault): Readonly<Record<string, unknown>> {
  const word = (value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
  return { event: "fault", ...Object.fromEntries(Object.entries(fault).map(([key, value]) => [key, word(value)])) };
}
