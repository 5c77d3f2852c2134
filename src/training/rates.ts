import type { Architecture } from "../model/architecture.ts";
import type { NetworkOptions } from "../model/layout.ts";

/** The options of a network whose optimizer gives layers rates of their own, where it is to. */
export async function withRates<T extends Pick<NetworkOptions, "optimizer">>(
  options: T,
  architecture: Architecture,
): Promise<T> {
  const { optimizer } = options;
  if (optimizer?.layerDecay === undefined) return options;
  const { withLayerRates } = await import("./later.ts");
  return { ...options, optimizer: withLayerRates(optimizer, architecture.parameters()) };
}
