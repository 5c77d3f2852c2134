import { describe, it } from "vitest";
import { checkDeep, DEEP_CASES } from "./deep.ts";
import { GOLDEN_ENGINES } from "./golden.ts";

// Every engine in deep.slow.test.ts.
const ENGINES = GOLDEN_ENGINES.filter(({ options }) => options.precision === "float64" || options.engine === "simd");

describe.each(ENGINES)("deep networks on $name, against torchvision's", (engine) => {
  it.each(DEEP_CASES)("$network on $shape: loss and gradients", (deep) => checkDeep(deep, engine, 1));
});
