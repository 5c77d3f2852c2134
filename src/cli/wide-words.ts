// Command lines and the engine `wide`: which ask for it, which take it by themselves, and what they are without it.

/** Commands that compute long enough for a faster engine to pay for a process of its own. */
const COMPUTING: readonly string[] = ["train", "search", "eval", "predict", "recipes"];

/** Options for the output of a training, which are passed on when it is resumed after a crash. */
const KEPT: readonly string[] = ["--json", "--quiet", "-q", "--no-cache", "--debug"];

/** The words after `--engine`, each engine by itself; undefined where it is not there. */
function enginesOf(words: readonly string[]): readonly string[] | undefined {
  let isEngine = false;
  let found: string[] | undefined;
  for (const word of words) {
    if (word.startsWith("-")) isEngine = word === "--engine" || word.startsWith("--engine=");
    if (!isEngine) continue;
    found ??= [];
    if (word !== "--engine") found.push(...word.replace("--engine=", "").split(","));
  }
  return found;
}

/** True if a command line names the engine `wide`, alone or among others. */
export function asksForWide(words: readonly string[]): boolean {
  return enginesOf(words)?.includes("wide") === true;
}

/** True if a command line leaves the engine to convasm, and computes. */
export function leavesEngine(words: readonly string[]): boolean {
  const engines = enginesOf(words);
  if (engines !== undefined && engines[0] !== "auto") return false;
  const [command, sub] = words.filter((word) => !word.startsWith("-"));
  if (words.includes("--help") || words.includes("-h")) return false;
  return COMPUTING.includes(command) && (command !== "recipes" || sub === "report");
}

/** A command line with the engine `relaxed`. */
function withRelaxed(words: readonly string[]): readonly string[] {
  const left: string[] = [];
  let isEngine = false;
  for (const word of words) {
    // Only bench takes several engines after one option; what follows the first one may be another argument.
    const isValue = isEngine;
    isEngine = word === "--engine";
    if (!isEngine && !isValue && !word.startsWith("--engine=")) left.push(word);
  }
  return [...left, "--engine", "relaxed"];
}

/**
 * The command line that finishes on `relaxed` the work of one that crashed on `wide`.
 *
 * @param folder of a run that has a checkpoint, if there is one
 */
export function wordsAfterCrash(words: readonly string[], folder: string | undefined): readonly string[] {
  const has = (option: string) => words.some((word) => word === option || word.startsWith(`${option}=`));
  // The runs of seeds that have ended are in the way of the same ones.
  if (has("--seeds")) return [...withRelaxed(words), "--overwrite"];
  // A resumed run finds the checkpoints that it wrote itself.
  if (folder === undefined || has("--resume")) return withRelaxed(words);
  const kept = words.filter((word) => KEPT.includes(word) || word.startsWith("--threads="));
  const at = words.indexOf("--threads");
  return ["train", "--resume", folder, ...kept, ...(at < 0 ? [] : words.slice(at, at + 2)), "--engine", "relaxed"];
}
