import { InputRangeError } from "../errors.ts";

/** Deepest nesting of residual blocks: a hostile file could nest without end. */
export const MOST_NESTED = 8;

/** Most layers in all lists together: each takes some kilobytes, and lists in lists multiply. */
const MOST_LAYERS = 20_000;

/** Most names of inputs in all lists together: the largest networks that concatenate have some thousands. */
const MOST_INPUTS = 100_000;

/**
 * Counts the layers of a network. The same limits hold where one is made and where a file is read, so that each file that is saved can be
 * read.
 */
export class NetworkSize {
  #layers = 0;
  #inputs = 0;

  /**
   * Counts a list.
   *
   * @param who stands before messages
   * @param depth number of blocks that the list stands in
   * @throws RangeError for too many layers, or blocks in blocks
   */
  addList(who: string, layers: number, depth: number): void {
    if (depth > MOST_NESTED) throw tooMany(who, `${MOST_NESTED} nested residuals`, "more");
    this.#layers += layers;
    if (this.#layers > MOST_LAYERS) throw tooMany(who, `${MOST_LAYERS} layers in all`, `${this.#layers}`);
  }

  /**
   * Counts the inputs of a layer.
   *
   * @throws RangeError for too many
   */
  addInputs(who: string, inputs: number): void {
    this.#inputs += inputs;
    if (this.#inputs > MOST_INPUTS) throw tooMany(who, `${MOST_INPUTS} inputs in all`, "more");
  }
}

function tooMany(who: string, most: string, got: string): InputRangeError {
  return new InputRangeError(who, `at most ${most}`, got, "too-large");
}
