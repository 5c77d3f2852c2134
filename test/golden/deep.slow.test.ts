import { it } from "vitest";
import { checkDeep, checkLosses, DEEP_CASES, WHOLE_NETWORKS } from "./deep.ts";
import { describeEngines } from "./golden.ts";

describeEngines("deep networks on $name, against torchvision's", (engine) => {
  it.each(DEEP_CASES)("$network on $shape: five steps and their running statistics", (deep) =>
    checkDeep(deep, engine, deep.losses.length),
  );

  it.each(WHOLE_NETWORKS)("all of $network: five steps with losses within 1e-4", (whole) =>
    checkLosses(whole, engine, 1e-4),
  );
});
