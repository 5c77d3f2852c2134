import { it } from "vitest";
import { checkDeep, checkLosses, DEEP_CASES, WHOLE_NETWORKS } from "./deep.ts";
import { describeEngines, GOLDEN_ENGINES } from "./golden.ts";

const named = (...names: readonly string[]) => GOLDEN_ENGINES.filter(({ name }) => names.includes(name));

// Every engine in deep.slow.test.ts.
describeEngines(
  "deep networks on $name, against torchvision's",
  (engine) => {
    it.each(DEEP_CASES)("$network on $shape: loss and gradients", (deep) => checkDeep(deep, engine, 1));
  },
  named("js, float64", "simd, 2 threads"),
);

describeEngines(
  "whole networks on $name, against torchvision's",
  (engine) => {
    it.each(WHOLE_NETWORKS)("$network trains five steps with losses within 1e-4 of PyTorch's", (whole) =>
      checkLosses(whole, engine, 1e-4),
    );
  },
  named("simd", "relaxed, 2 threads"),
);
