import { parseArgs } from "node:util";
import { COMPARED, LARGE } from "./networks.js";

const USAGE = `Usage: node run.js [options]

Times convasm and other programs on the same networks, in turns. Lists are separated by commas.

  --net LIST       networks (default: the small ones: ${COMPARED.map(({ name }) => name).join(", ")};
                   also ${LARGE.map(({ name }) => name).join(", ")})
  --key            the rows that tell most, large networks among them, against PyTorch and ONNX Runtime: --peers
                   pytorch,onnxruntime-native,onnxruntime --engine relaxed,wide --eager, in a quarter of an hour
  --batch LIST     batch sizes (default: 1,32,128)
  --mode LIST      train, infer (default: both)
  --peers LIST     convasm, convasm-js, pytorch, onnxruntime (Web), onnxruntime-native, tfjs-wasm, tfjs-cpu, jax-js, convnetjs
                   (default: all; convasm always takes part)
  --engine LIST    convasm's engines (default: auto; wide needs Node 23.5)
  --threads LIST   threads of convasm, PyTorch and ONNX Runtime Web (default: 1,2)
  --seconds N      a time slice (default: 0.2)
  --rounds N       slices of each contender (default: 5)
  --step-limit N   slow contenders get smaller batches where a step takes more seconds (default: 0.5)
  --python FILE    Python for PyTorch and NumPy (default: python3)
  --eager          PyTorch without torch.compile
  --tune           only try PyTorch's settings and keep the ranking in results/, for later runs
  --numpy          the recipes of the notebooks against their NumPy versions
  --json FILE      append one line of JSON per row
  --quick          shows that everything works; the figures mean nothing
`;

/** @param {string | undefined} text @param {readonly string[]} fallback */
const list = (text, fallback) => (text === undefined ? [...fallback] : text.split(",").filter((item) => item !== ""));

/** @param {string} name @param {string | undefined} text @param {number} fallback */
function number(name, text, fallback) {
  const value = text === undefined ? fallback : Number(text);
  if (!(value > 0)) throw new RangeError(`--${name}: expected a number above 0, got "${text}"`);
  return value;
}

/** @param {string} name @param {readonly string[]} items @param {readonly string[]} known */
function known(name, items, known) {
  const unknown = items.find((item) => !known.includes(item));
  if (unknown === undefined) return items;
  throw new RangeError(`--${name}: expected some of ${known.join(", ")}, got "${unknown}"`);
}

const PEERS = [
  "convasm",
  "convasm-js",
  "pytorch",
  "onnxruntime",
  "onnxruntime-native",
  "tfjs-wasm",
  "tfjs-cpu",
  "jax-js",
  "convnetjs",
];

/**
 * The command line's options; prints the usage and ends for `--help`.
 *
 * @param {string[]} args
 */
export function readOptions(args) {
  const text = { type: /** @type {const} */ ("string") };
  const flag = { type: /** @type {const} */ ("boolean"), default: false };
  const { values } = parseArgs({
    args,
    options: {
      net: text,
      batch: text,
      mode: text,
      peers: text,
      engine: text,
      threads: text,
      seconds: text,
      rounds: text,
      "step-limit": text,
      python: text,
      json: text,
      eager: flag,
      key: flag,
      tune: flag,
      numpy: flag,
      quick: flag,
      help: flag,
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const nets = list(
    values.net,
    COMPARED.map(({ name }) => name),
  );
  const { quick, tune, numpy, key } = values;
  const peers = key ? ["pytorch", "onnxruntime-native", "onnxruntime"] : PEERS;
  return {
    nets: known(
      "net",
      nets,
      [...COMPARED, ...LARGE].map(({ name }) => name),
    ),
    batches: list(values.batch, ["1", "32", "128"]).map((item) => number("batch", item, 1)),
    modes: /** @type {("train" | "infer")[]} */ (
      known("mode", list(values.mode, ["train", "infer"]), ["train", "infer"])
    ),
    peers: known("peers", list(values.peers, peers), PEERS),
    engines: known("engine", list(values.engine, key ? ["relaxed", "wide"] : ["auto"]), [
      "auto",
      "simd",
      "relaxed",
      "wide",
    ]),
    threads: list(values.threads, ["1", "2"]).map((item) => number("threads", item, 1)),
    python: values.python ?? "python3",
    json: values.json,
    eager: values.eager || key,
    key,
    tune,
    numpy,
    quick,
    timing: {
      seconds: number("seconds", values.seconds, quick ? 0.02 : 0.2),
      rounds: number("rounds", values.rounds, quick ? 2 : 5),
      warmUp: quick ? 0.01 : 0.3,
      trial: quick ? 0.01 : 0.1,
      stepLimit: number("step-limit", values["step-limit"], quick ? 0.1 : 0.5),
    },
  };
}
