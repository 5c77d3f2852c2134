import { describe, expect, it } from "vitest";
import { exactGradients, gradientFaults, threadFaults } from "../../src/bench/network-faults.ts";
import { CHECKED_NETWORKS } from "../../src/bench/small-networks.ts";

describe.each(CHECKED_NETWORKS.map((network) => [network.name, network] as const))("%s", (_name, network) => {
  it("has no faults on any engine or number of threads", async () => {
    const { gradients, faults } = await exactGradients(network);
    expect(faults).toEqual([]);
    expect(gradients.size).toBeGreaterThan(3);
    for (const engine of ["js", "simd"] as const) {
      expect(await gradientFaults(network, { engine, threads: 1 }, gradients)).toEqual([]);
    }
    expect(await threadFaults(network, { engine: "simd", threads: 2 })).toEqual([]);
  });

  it("has faults where a gradient is not the exact one", async () => {
    const { gradients } = await exactGradients(network);
    const [[name, values]] = gradients;
    const other = Float64Array.from({ length: values.length }, (_, i) => values[i]);
    other[2] += 0.1;
    const faults = await gradientFaults(
      network,
      { engine: "simd", threads: 1 },
      new Map([...gradients, [name, other]]),
    );
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatchObject({
      net: network.name,
      engine: "simd",
      parameter: name,
      index: 2,
      expected: other[2],
    });
    expect(faults[0].message).toMatch(
      /^.* on simd, gradients in float64: ".*" at 2: expected -?[\d.e-]+, got -?[\d.e-]+$/,
    );
  });
});
