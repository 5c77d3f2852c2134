import { RandomStream } from "../../numeric/random.ts";
import type { Space } from "../space.ts";
import { DistinctSettings, settingsAt } from "./settings.ts";

/**
 * Settings drawn at random, independently and each once (Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", 2012).
 */
export function randomSettings(space: Space, seed: number): DistinctSettings {
  const stream = RandomStream.from(seed, "search");
  return new DistinctSettings((draw) => {
    const numbers = stream.child(draw);
    return settingsAt(space, (parameter) => numbers.uniform(parameter));
  });
}
