// Throws in place of `dataset.ts` in the same build.

export { generateDigits as digits, generateDigits as drawDigits } from "./generate.none.ts";
