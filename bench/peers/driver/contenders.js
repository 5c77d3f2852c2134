/**
 * The contenders: convasm in each engine and the programs beside it.
 *
 * @module
 */

import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

/** @import { Launch } from "./process.js" */

/**
 * @typedef {object} Contender
 * @property {string} id
 * @property {string} peer the program; `--peers` selects by it
 * @property {number} threads
 * @property {boolean} slow measured at smaller batches where a step takes too long
 * @property {readonly ("train" | "infer")[]} modes
 * @property {Launch} launch
 */

/** @typedef {{ engines: readonly string[], threads: readonly number[], python: string, cache: string, eager: boolean }} Settings */

const SERVE = fileURLToPath(new URL("../peers/serve.js", import.meta.url));
const PYTHON_SERVE = fileURLToPath(new URL("../python/serve.py", import.meta.url));
const CORES = availableParallelism();
const NODE_MAJOR = Number(process.versions.node.split(".")[0]);

/** @type {readonly ["train", "infer"]} */
const BOTH = ["train", "infer"];

/** @param {string} peer @param {object} options @param {readonly string[]} [flags] @returns {Launch} */
function node(peer, options, flags = []) {
  return { command: process.execPath, args: [...flags, SERVE, peer, JSON.stringify(options)] };
}

/** Node's flags for an engine, as `convasm --engine` sets them. @param {string} engine */
function flagsOf(engine) {
  const flags = NODE_MAJOR < 21 && engine !== "js" ? ["--experimental-wasm-relaxed-simd"] : [];
  return engine === "wide" ? [...flags, "--experimental-wasm-revectorize"] : flags;
}

/** @param {string} engine @param {number} threads @returns {Contender} */
function convasm(engine, threads) {
  return {
    id: `convasm ${engine}`,
    peer: engine === "js" ? "convasm-js" : "convasm",
    threads,
    slow: engine === "js",
    modes: BOTH,
    // With a thread for every core, the library may keep to fewer where that is faster.
    launch: node("convasm", { engine, threads: threads > 1 && threads === CORES ? "auto" : threads }, flagsOf(engine)),
  };
}

/** @param {string} name @param {number} threads @param {Settings} settings @returns {Contender} */
function python(name, threads, { python: command, cache, eager }) {
  const count = String(threads);
  const env = {
    OMP_NUM_THREADS: count,
    MKL_NUM_THREADS: count,
    OPENBLAS_NUM_THREADS: count,
    TORCHINDUCTOR_CACHE_DIR: cache,
    PYTHONDONTWRITEBYTECODE: "1",
    ...(eager && { CONVASM_EAGER: "1" }),
  };
  const args = ["-u", "-W", "ignore", PYTHON_SERVE, name, count];
  return { id: name, peer: name, threads, slow: name === "numpy", modes: BOTH, launch: { command, args, env } };
}

/**
 * Environment with which glibc keeps freed memory, in huge pages, instead of giving it back after each step: PyTorch
 * trained 1.4 times as fast, and inferred a little slower.
 */
export const KEEP_MEMORY = {
  MALLOC_TRIM_THRESHOLD_: "2000000000",
  MALLOC_MMAP_THRESHOLD_: "2000000000",
  MALLOC_TOP_PAD_: "100000000",
  GLIBC_TUNABLES: "glibc.malloc.hugetlb=1",
};

/** @param {number} threads @param {Settings} settings @returns {Contender[]} a process for each mode */
function pytorch(threads, settings) {
  const { launch, ...contender } = python("pytorch", threads, settings);
  const training = { ...launch, env: { ...launch.env, ...KEEP_MEMORY } };
  return [
    { ...contender, modes: ["train"], launch: training },
    { ...contender, modes: ["infer"], launch },
  ];
}

/**
 * All contenders.
 *
 * @param {Settings} settings
 * @returns {Contender[]}
 */
export function contenders(settings) {
  const { engines, threads } = settings;
  const alone = { threads: 1, slow: true };
  return [
    ...threads.flatMap((count) => engines.map((engine) => convasm(engine, count))),
    convasm("js", 1),
    ...threads.flatMap((count) => pytorch(count, settings)),
    ...threads.map((count) => ({
      id: "ONNX Runtime Web",
      peer: "onnxruntime",
      threads: count,
      slow: false,
      modes: /** @type {const} */ (["infer"]),
      launch: node("onnxruntime", { threads: count }),
    })),
    ...threads.map((count) => ({
      ...python("onnxruntime-native", count, settings),
      id: "ONNX Runtime",
      modes: /** @type {const} */ (["infer"]),
    })),
    {
      id: "TensorFlow.js wasm",
      peer: "tfjs-wasm",
      modes: BOTH,
      launch: node("tfjs", { backend: "wasm" }),
      ...alone,
      slow: false,
    },
    { id: "TensorFlow.js cpu", peer: "tfjs-cpu", modes: BOTH, launch: node("tfjs", { backend: "cpu" }), ...alone },
    { id: "jax-js wasm", peer: "jax-js", modes: BOTH, launch: node("jax", {}), ...alone },
    { id: "ConvNetJS", peer: "convnetjs", modes: BOTH, launch: node("convnet", {}), ...alone },
    { ...python("numpy", 1, settings), modes: /** @type {const} */ (["train"]) },
  ];
}
