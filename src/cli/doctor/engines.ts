import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createEngine } from "../../engine/engine.ts";
import { ENGINES, type EngineName, hasEngine, type WasmName } from "../../engine/engine-names.ts";
import { chooseThreads } from "../../engine/threads/source.ts";
import { reasonOf } from "../../errors.ts";
import { knowsWide, runsWide, WIDE_FLAG } from "../../node/wide.ts";
import { resolveEngine } from "../engine.ts";
import { verdictOnWide } from "../wide.ts";
import { verdictFile } from "../wide-verdict.ts";

/** A wasm file as it lies on the disk. */
export interface Binary {
  readonly name: WasmName;
  readonly bytes: number;
  readonly sha256: string;
}

/** An engine, whether this process has it, and why. */
export interface EngineState {
  readonly engine: EngineName;
  readonly available: boolean;
  /** Note on the engine, or advice to get it; empty if there is none. */
  readonly note: string;
  readonly binaries: readonly Binary[];
}

/** The state of every engine. Tries the engine `wide` in a process of its own, where this Node knows it. */
export async function describeEngines(): Promise<EngineState[]> {
  const hadRelaxed = hasEngine("relaxed");
  // Switches fused multiply-add on, where that takes a flag.
  resolveEngine("auto");
  const states: EngineState[] = [];
  for (const engine of ENGINES) {
    const note = await noteOn(engine, hadRelaxed);
    states.push({ engine, available: hasEngine(engine), note, binaries: await binariesOf(engine) });
  }
  return states;
}

async function noteOn(engine: EngineName, hadRelaxed: boolean): Promise<string> {
  switch (engine) {
    case "js":
      return "plain JavaScript, on one thread";
    case "simd":
      return hasEngine(engine)
        ? "the same bits on every machine"
        : "the WebAssembly of this host has no SIMD; Node has it, other hosts since 2023";
    case "relaxed":
      if (!hasEngine(engine)) return "this V8 has no fused multiply-add: Node 20 has it behind a flag, Node 21 without";
      if (hadRelaxed) return "fused multiply-add";
      return (
        "fused multiply-add; this command line switched it on, programs of your own need " +
        "node --experimental-wasm-relaxed-simd, or Node 21 or newer"
      );
    case "wide":
      return noteOnWide();
  }
}

async function noteOnWide(): Promise<string> {
  if (runsWide()) return `256-bit operations, by Node's flag ${WIDE_FLAG}`;
  if (!knowsWide()) return `256-bit operations need Node 23.5 or newer, this is ${process.versions.node}`;
  const { failure, crashed, at } = await verdictOnWide("none");
  const flag = `256-bit operations by Node's flag ${WIDE_FLAG}`;
  if (crashed) return `${flag}: ${failure}, so auto leaves it out since ${at}; --engine wide has it all the same`;
  if (failure !== undefined) return `${flag} fail their self-check: ${failure}`;
  return (
    `${flag}: train, eval, predict and recipes report take it by themselves and run convasm again with it (doctor --engine wide ` +
    `too); its self-check passed ${at}, noted in ${verdictFile()}`
  );
}

async function binariesOf(engine: EngineName): Promise<Binary[]> {
  if (engine === "js") return [];
  return Promise.all([describeBinary(engine), describeBinary(`${engine}-extra`)]);
}

async function describeBinary(name: WasmName): Promise<Binary> {
  // The folder where `useWasmFiles` lets the engine find them.
  const bytes = await readFile(new URL(`../../../build/${name}.wasm`, import.meta.url));
  return { name, bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Threads that this process can have. */
export interface ThreadState {
  readonly available: boolean;
  /** Largest number with `--threads auto`. */
  readonly auto: number;
  /** Milliseconds until all of them, or two where that is one, wait for work. */
  readonly startMilliseconds: number | null;
  /** Reason why there are none, or fewer than cores. */
  readonly note: string;
}

/** Starts threads to see whether that works. */
export async function describeThreads(): Promise<ThreadState> {
  if (!hasEngine("simd")) {
    return { available: false, auto: 1, startMilliseconds: null, note: "plain JavaScript has one thread" };
  }
  const { threads: auto, reason: note = "" } = chooseThreads("auto", undefined);
  const began = performance.now();
  try {
    const engine = await createEngine(0, { engine: "simd", threads: Math.max(auto, 2) });
    const startMilliseconds = performance.now() - began;
    const available = engine.threads > 1;
    engine.dispose();
    return { available, auto, startMilliseconds: available ? startMilliseconds : null, note };
  } catch (error) {
    return { available: false, auto: 1, startMilliseconds: null, note: reasonOf(error) };
  }
}
